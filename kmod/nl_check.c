// SPDX-License-Identifier: GPL-2.0
/*
 * nl_check: puts attributes to the kernel's validator, for tests that compare
 * another validator with it. Not for production: it is privileged, and what it
 * is given may make the kernel log.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "generated/nl_check_policy.h"

/* The verdict is the ACK. */
static int nl_check_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *mode = info->attrs[NL_CHECK_CMD_CHECK_A_MODE];
	const struct nlattr *attrs = info->attrs[NL_CHECK_CMD_CHECK_A_ATTRS];

	if (GENL_REQ_ATTR_CHECK(info, NL_CHECK_CMD_CHECK_A_MODE) ||
	    GENL_REQ_ATTR_CHECK(info, NL_CHECK_CMD_CHECK_A_ATTRS))
		return -EINVAL;

	/* Validated where they lie, so offsets count from the request. */
	return __nla_validate(nla_data(attrs), nla_len(attrs), NL_CHECK_A_MAX,
			      nl_check_policy, nla_get_u32(mode), info->extack);
}

/* The verdict on the form that the kind selects is the ACK. */
static int nl_check_read_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *kind = info->attrs[NL_CHECK_CMD_READ_A_KIND];
	const struct nlattr *value = info->attrs[NL_CHECK_CMD_READ_A_VALUE];

	if (GENL_REQ_ATTR_CHECK(info, NL_CHECK_CMD_READ_A_KIND) ||
	    GENL_REQ_ATTR_CHECK(info, NL_CHECK_CMD_READ_A_VALUE))
		return -EINVAL;

	return nl_check_cmd_read_value_check(value, kind, info->extack);
}

static const struct genl_ops nl_check_ops[] = {
	{
		.cmd = NL_CHECK_CMD_CHECK,
		.flags = GENL_ADMIN_PERM,
		.doit = nl_check_doit,
		.policy = nl_check_cmd_check_policy,
		.maxattr = ARRAY_SIZE(nl_check_cmd_check_policy) - 1,
	},
	{
		.cmd = NL_CHECK_CMD_READ,
		.flags = GENL_ADMIN_PERM,
		.doit = nl_check_read_doit,
		.policy = nl_check_cmd_read_policy,
		.maxattr = ARRAY_SIZE(nl_check_cmd_read_policy) - 1,
	},
};

static struct genl_family nl_check_family __ro_after_init = {
	.name = NL_CHECK_GENL_NAME,
	.version = NL_CHECK_GENL_VERSION,
	.module = THIS_MODULE,
	.ops = nl_check_ops,
	.n_ops = ARRAY_SIZE(nl_check_ops),
};

static int __init nl_check_init(void)
{
	return genl_register_family(&nl_check_family);
}

static void __exit nl_check_exit(void)
{
	genl_unregister_family(&nl_check_family);
}

module_init(nl_check_init);
module_exit(nl_check_exit);

MODULE_DESCRIPTION("The kernel's netlink validator, for tests");
MODULE_AUTHOR("The nl-tlv contributors");
MODULE_VERSION("0.2.0");
MODULE_LICENSE("GPL");

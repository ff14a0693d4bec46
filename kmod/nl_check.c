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
	const struct nlattr *attrs;
	u32 mode;

	if (GENL_REQ_ATTR_CHECK(info, NL_CHECK_CMD_CHECK_A_MODE) ||
	    GENL_REQ_ATTR_CHECK(info, NL_CHECK_CMD_CHECK_A_ATTRS)) {
		GENL_SET_ERR_MSG(info, "mode or attributes are missing");
		return -EINVAL;
	}
	mode = nla_get_u32(info->attrs[NL_CHECK_CMD_CHECK_A_MODE]);
	attrs = info->attrs[NL_CHECK_CMD_CHECK_A_ATTRS];

	/* Validated where they lie, so offsets count from the request. */
	return __nla_validate(nla_data(attrs), nla_len(attrs),
			      ARRAY_SIZE(nl_check_policy) - 1,
			      nl_check_policy, mode, info->extack);
}

static const struct genl_ops nl_check_ops[] = {
	{
		.cmd = NL_CHECK_CMD_CHECK,
		.flags = GENL_ADMIN_PERM,
		.doit = nl_check_doit,
		.policy = nl_check_cmd_check_policy,
		.maxattr = ARRAY_SIZE(nl_check_cmd_check_policy) - 1,
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

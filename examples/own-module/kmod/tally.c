// SPDX-License-Identifier: GPL-2.0
/*
 * tally: counters with names, over generic netlink.
 */

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/stringify.h>
#include <net/genetlink.h>

#include "tally_policy.h"

struct tally {
	struct list_head node;
	char name[TALLY_NAME_MAX + 1];
	u64 value;
};

static LIST_HEAD(tally_list);
static DEFINE_MUTEX(tally_lock); /* the list and all values in it */
static unsigned int tally_seq = 1; /* changes tell dumps; never 0 */
static struct genl_family tally_family;

/* One function fills answers and events alike. */
static int tally_fill(struct sk_buff *skb, struct tally *t, u32 portid, u32 seq,
		      int flags, struct netlink_callback *cb)
{
	void *hdr = genlmsg_put(skb, portid, seq, &tally_family, flags,
				TALLY_CMD_COUNTER);

	if (!hdr)
		return -EMSGSIZE;
	if (cb)
		genl_dump_check_consistent(cb, hdr);
	if (nla_put_string(skb, TALLY_A_NAME, t->name) ||
	    nla_put(skb, TALLY_A_VALUE, sizeof(t->value), &t->value)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* The change has happened: who cannot be told must know that. */
static void tally_event(struct tally *t, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb || tally_fill(skb, t, info->snd_portid, info->snd_seq, 0,
			       NULL)) {
		nlmsg_free(skb);
		genl_set_err(&tally_family, genl_info_net(info), 0,
			     TALLY_NLGRP_CHANGES, -ENOBUFS);
		return;
	}
	genlmsg_multicast_netns(&tally_family, genl_info_net(info), skb, 0,
				TALLY_NLGRP_CHANGES, GFP_KERNEL);
}

static struct tally *tally_find(const struct nlattr *name)
{
	struct tally *t;

	list_for_each_entry(t, &tally_list, node)
		if (!nla_strcmp(name, t->name))
			return t;
	return NULL;
}

static struct tally *tally_new(const struct nlattr *name)
{
	struct tally *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);

	if (!t)
		return NULL;
	nla_strscpy(t->name, name, sizeof(t->name));
	list_add_tail(&t->node, &tally_list);
	return t;
}

/*
 * The policy has seen to types, limits and the largest length. Here is the
 * rest: a policy has no smallest length of a string. Nothing changes before
 * the last check.
 */
static int tally_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct tally *t;
	u32 amount;
	int err = 0;

	if (GENL_REQ_ATTR_CHECK(info, TALLY_A_NAME) ||
	    GENL_REQ_ATTR_CHECK(info, TALLY_A_AMOUNT))
		return -EINVAL;
	if (!*(char *)nla_data(attrs[TALLY_A_NAME])) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[TALLY_A_NAME],
				    "a counter has a name");
		return -EINVAL;
	}
	amount = nla_get_u32(attrs[TALLY_A_AMOUNT]);

	mutex_lock(&tally_lock);
	t = tally_find(attrs[TALLY_A_NAME]);
	if (amount > TALLY_VALUE_MAX - (t ? t->value : 0)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[TALLY_A_AMOUNT],
				    "a counter ends at "
				    __stringify(TALLY_VALUE_MAX));
		err = -ERANGE;
		goto unlock;
	}
	if (!t)
		t = tally_new(attrs[TALLY_A_NAME]);
	if (!t) {
		err = -ENOMEM;
		goto unlock;
	}
	t->value += amount;
	tally_seq = tally_seq + 1 ?: 1;
	tally_event(t, info);
unlock:
	mutex_unlock(&tally_lock);
	return err;
}

/* Goes on behind as many as were shown: they only ever become more. */
static int tally_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct tally *t;
	long n = 0;

	mutex_lock(&tally_lock);
	cb->seq = tally_seq;
	list_for_each_entry(t, &tally_list, node) {
		if (n++ < cb->args[0])
			continue;
		if (tally_fill(skb, t, NETLINK_CB(cb->skb).portid,
			       cb->nlh->nlmsg_seq, NLM_F_MULTI, cb))
			break;
		cb->args[0] = n;
	}
	mutex_unlock(&tally_lock);
	return skb->len;
}

static const struct genl_ops tally_ops[] = {
	{
		.cmd = TALLY_CMD_ADD,
		.flags = GENL_ADMIN_PERM,
		.doit = tally_add,
		.policy = tally_cmd_add_policy,
		.maxattr = ARRAY_SIZE(tally_cmd_add_policy) - 1,
	},
	{
		.cmd = TALLY_CMD_GET,
		.dumpit = tally_dump,
	},
};

static const struct genl_multicast_group tally_groups[] = {
	[TALLY_NLGRP_CHANGES] = { .name = TALLY_MCGRP_CHANGES },
};

static struct genl_family tally_family __ro_after_init = {
	.name = TALLY_GENL_NAME,
	.version = TALLY_GENL_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = tally_ops,
	.n_ops = ARRAY_SIZE(tally_ops),
	.mcgrps = tally_groups,
	.n_mcgrps = ARRAY_SIZE(tally_groups),
};

static int __init tally_init(void)
{
	return genl_register_family(&tally_family);
}

static void __exit tally_exit(void)
{
	struct tally *t, *next;

	genl_unregister_family(&tally_family);
	list_for_each_entry_safe(t, next, &tally_list, node)
		kfree(t);
}

module_init(tally_init);
module_exit(tally_exit);

MODULE_DESCRIPTION("Counters over generic netlink");
MODULE_LICENSE("GPL");
MODULE_ALIAS_GENL_FAMILY(TALLY_GENL_NAME);

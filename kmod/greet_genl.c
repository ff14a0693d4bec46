// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: greetings as attributes.
 */

#include <linux/module.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "generated/greet_policy.h"
#include "greet.h"

static struct genl_family greet_genl_family;

static struct sk_buff *greet_hello_reply(struct genl_info *info)
{
	char text[GREET_REPLY_LEN];
	struct sk_buff *skb;
	void *hdr;
	int len;

	len = greet_answer(text, sizeof(text), info->snd_portid);
	skb = genlmsg_new(nla_total_size(len + 1), GFP_KERNEL);
	if (!skb)
		return NULL;

	hdr = genlmsg_put_reply(skb, info, &greet_genl_family, 0,
				GREET_CMD_HELLO);
	if (!hdr || nla_put_string(skb, GREET_A_TEXT, text)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

static int greet_hello_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct greet_said said = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
	};
	const struct nlattr *text;
	struct sk_buff *reply;

	if (GENL_REQ_ATTR_CHECK(info, GREET_A_TEXT)) {
		GENL_SET_ERR_MSG(info, "text is missing");
		return -EINVAL;
	}
	text = info->attrs[GREET_A_TEXT];
	said.text = nla_data(text);
	said.len = strnlen(said.text, nla_len(text));

	/* Built first, so that an error means that nothing was announced. */
	reply = greet_hello_reply(info);
	if (!reply)
		return -ENOMEM;

	greet_announce(greet_sock(genl_info_net(info)), &said);

	/* A requester that does not read is told so by its own socket. */
	genlmsg_reply(reply, info);
	return 0;
}

static const struct genl_ops greet_genl_ops[] = {
	{
		.cmd = GREET_CMD_HELLO,
		.doit = greet_hello_doit,
		.policy = greet_cmd_hello_policy,
		.maxattr = ARRAY_SIZE(greet_cmd_hello_policy) - 1,
	},
};

static const struct genl_multicast_group greet_genl_mcgrps[] = {
	[GREET_NLGRP_EVENTS] = { .name = GREET_MCGRP_EVENTS },
};

static struct genl_family greet_genl_family __ro_after_init = {
	.name = GREET_GENL_NAME,
	.version = GREET_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = greet_genl_ops,
	.n_ops = ARRAY_SIZE(greet_genl_ops),
	.mcgrps = greet_genl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(greet_genl_mcgrps),
};

static struct sk_buff *greet_genl_event(const struct greet_said *said)
{
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return NULL;

	hdr = genlmsg_put(skb, said->portid, said->seq, &greet_genl_family, 0,
			  GREET_CMD_EVENT);
	if (!hdr || greet_event_fill(skb, said)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

/**
 * greet_genl_announce - send the event of the generic netlink family
 * @net: network namespace
 * @said: the greeting
 */
void greet_genl_announce(struct net *net, const struct greet_said *said)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&greet_genl_family, net, GREET_NLGRP_EVENTS))
		return;

	skb = greet_genl_event(said);
	if (skb)
		genlmsg_multicast_netns(&greet_genl_family, net, skb, 0,
					GREET_NLGRP_EVENTS, GFP_KERNEL);
	else
		genl_set_err(&greet_genl_family, net, 0, GREET_NLGRP_EVENTS,
			     -ENOBUFS);
}

/**
 * greet_genl_register - register the family
 *
 * Return: 0 or a negative errno.
 */
int __init greet_genl_register(void)
{
	return genl_register_family(&greet_genl_family);
}

/**
 * greet_genl_unregister - release the family; waits for running commands
 */
void greet_genl_unregister(void)
{
	genl_unregister_family(&greet_genl_family);
}

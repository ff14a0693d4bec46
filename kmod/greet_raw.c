// SPDX-License-Identifier: GPL-2.0
/*
 * NLMSG_GREET: a text without attributes, answered with a raw NLMSG_DONE.
 */

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <net/netlink.h>

#include "greet.h"
#include "nl_rcv.h"

static struct sk_buff *greet_raw_event(const struct greet_said *said)
{
	struct nlmsghdr *nlh;
	struct sk_buff *skb;

	skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return NULL;

	nlh = nlmsg_put(skb, said->portid, said->seq, GREET_EVENT, 0, 0);
	if (!nlh || greet_event_fill(skb, said)) {
		nlmsg_free(skb);
		return NULL;
	}
	nlmsg_end(skb, nlh);
	return skb;
}

/**
 * greet_raw_announce - send the event of the raw protocol
 * @sk: kernel socket of the network namespace
 * @said: the greeting
 */
void greet_raw_announce(struct sock *sk, const struct greet_said *said)
{
	struct sk_buff *skb;

	if (!netlink_has_listeners(sk, GREET_GRP_EVENTS))
		return;

	skb = greet_raw_event(said);
	if (skb)
		nlmsg_multicast(sk, skb, 0, GREET_GRP_EVENTS, GFP_KERNEL);
	else
		netlink_set_err(sk, 0, GREET_GRP_EVENTS, -ENOBUFS);
}

static struct sk_buff *greet_raw_reply(u32 portid, u32 seq)
{
	struct nlmsghdr *nlh;
	struct sk_buff *skb;

	skb = nlmsg_new(GREET_REPLY_LEN, GFP_KERNEL);
	if (!skb)
		return NULL;

	nlh = nlmsg_put(skb, 0, seq, NLMSG_DONE, GREET_REPLY_LEN, 0);
	if (!nlh) {
		nlmsg_free(skb);
		return NULL;
	}
	memset(nlmsg_data(nlh), 0, GREET_REPLY_LEN);
	greet_answer(nlmsg_data(nlh), GREET_REPLY_LEN, portid);
	return skb;
}

static int greet_raw_doit(struct sk_buff *skb, struct nlmsghdr *nlh,
			  struct netlink_ext_ack *extack)
{
	struct greet_said said = {
		.text = nlmsg_data(nlh),
		.len = strnlen(nlmsg_data(nlh), nlmsg_len(nlh)),
		.portid = NETLINK_CB(skb).portid,
		.seq = nlh->nlmsg_seq,
	};
	struct sk_buff *reply = NULL;

	if (said.len > GREET_TEXT_MAX) {
		NL_SET_ERR_MSG(extack, "text is longer than "
			       __stringify(GREET_TEXT_MAX) " bytes");
		return -EMSGSIZE;
	}

	/* Built first, so that an error means that nothing was announced. */
	if (nlh->nlmsg_flags & NLM_F_ACK) {
		reply = greet_raw_reply(said.portid, said.seq);
		if (!reply)
			return -ENOMEM;
	}

	greet_announce(skb->sk, &said);

	/* A requester that does not read is told so by its own socket. */
	if (reply)
		nlmsg_unicast(skb->sk, reply, said.portid);
	return 0;
}

/* The course's client sets NLM_F_ACK alone and waits for one reply. */
static const struct nl_rcv_op greet_raw_ops[] = {
	{
		.type = NLMSG_GREET,
		.flags = NL_RCV_REQUEST_OPTIONAL | NL_RCV_OWN_ANSWER,
		.doit = greet_raw_doit,
	},
};

/**
 * greet_raw_input - input callback of the kernel sockets
 * @skb: datagram from user space
 */
void greet_raw_input(struct sk_buff *skb)
{
	nl_rcv_skb(skb, greet_raw_ops, ARRAY_SIZE(greet_raw_ops));
}

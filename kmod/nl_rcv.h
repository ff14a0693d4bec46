/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receive loop of a raw netlink protocol, the same for every module here.
 *
 * netlink_rcv_skb() acknowledges what it ignores; these protocols answer
 * nothing but what they handle, so they bring their own loop. It is a header
 * because an object file cannot be part of two modules.
 */

#ifndef _NL_RCV_H
#define _NL_RCV_H

#include <linux/bits.h>
#include <linux/capability.h>
#include <linux/container_of.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <net/netlink.h>

/**
 * enum nl_rcv_flags - what is special about a message type
 * @NL_RCV_REQUEST_OPTIONAL: handled without %NLM_F_REQUEST, too
 * @NL_RCV_OWN_ANSWER: the handler answers %NLM_F_ACK itself; errors are still
 *	reported by the loop
 * @NL_RCV_ADMIN: needs %CAP_NET_ADMIN in the user namespace of the network
 *	namespace
 */
enum nl_rcv_flags {
	NL_RCV_REQUEST_OPTIONAL	= BIT(0),
	NL_RCV_OWN_ANSWER	= BIT(1),
	NL_RCV_ADMIN		= BIT(2),
};

/* As long as the kernel's own formatted texts, which there are since 6.3. */
#define NL_RCV_TEXT_SIZE 80

/**
 * struct nl_rcv_extack - an extended ack with room for its text
 * @extack: what handlers get
 * @text: for nl_rcv_err_attr()
 */
struct nl_rcv_extack {
	struct netlink_ext_ack extack;
	char text[NL_RCV_TEXT_SIZE];
};

/**
 * nl_rcv_err_attr - say why a message is refused, and because of what
 * @extack: that of the handler, which is part of a &struct nl_rcv_extack
 * @attr: attribute at fault, or NULL
 * @fmt: what is wrong with it, for printf(); cut to %NL_RCV_TEXT_SIZE
 */
static inline void __printf(3, 4)
nl_rcv_err_attr(struct netlink_ext_ack *extack, const struct nlattr *attr,
		const char *fmt, ...)
{
	struct nl_rcv_extack *room;
	va_list args;

	room = container_of(extack, struct nl_rcv_extack, extack);
	va_start(args, fmt);
	vsnprintf(room->text, sizeof(room->text), fmt, args);
	va_end(args);
	extack->_msg = room->text;
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
}

/**
 * struct nl_rcv_op - a message type that a protocol handles
 * @doit: handler; its error is sent to the requester together with the
 *	extended ack, which may have a text by nl_rcv_err_attr(). -EINTR means
 *	that a dump has started, which has its own end, so a handler must not
 *	pass it on from anything else
 * @type: message type
 * @flags: of &enum nl_rcv_flags
 */
struct nl_rcv_op {
	int (*doit)(struct sk_buff *skb, struct nlmsghdr *nlh,
		    struct netlink_ext_ack *extack);
	u16 type;
	u16 flags;
};

/* Numbers that no protocol of the kernel has, in words and in code. */
#define NL_RCV_PROTOCOLS "17 or 23 to 31"

static inline bool nl_rcv_protocol_valid(unsigned int protocol)
{
	return protocol == 17 || (protocol >= 23 && protocol < MAX_LINKS);
}

static inline int nl_rcv_noop(struct sk_buff *skb, const struct nlmsghdr *nlh)
{
	u32 portid = NETLINK_CB(skb).portid;
	struct nlmsghdr *done;
	struct sk_buff *reply;

	reply = nlmsg_new(sizeof(int), GFP_KERNEL);
	if (!reply)
		return -ENOMEM;

	done = nlmsg_put(reply, portid, nlh->nlmsg_seq, NLMSG_DONE,
			 sizeof(int), 0);
	if (!done) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	*(int *)nlmsg_data(done) = 0;

	/* A requester that does not read is told so by its own socket. */
	nlmsg_unicast(skb->sk, reply, portid);
	return 0;
}

static inline const struct nl_rcv_op *
nl_rcv_find(const struct nl_rcv_op *ops, unsigned int n_ops, u16 type)
{
	unsigned int i;

	for (i = 0; i < n_ops; i++)
		if (ops[i].type == type)
			return &ops[i];
	return NULL;
}

static inline void nl_rcv_msg(struct sk_buff *skb, struct nlmsghdr *nlh,
			      const struct nl_rcv_op *ops, unsigned int n_ops)
{
	bool ack = nlh->nlmsg_flags & NLM_F_ACK;
	struct nl_rcv_extack room = {};
	struct netlink_ext_ack *extack = &room.extack;
	const struct nl_rcv_op *op;
	int err;

	if (nlh->nlmsg_type == NLMSG_NOOP) {
		err = nl_rcv_noop(skb, nlh);
		if (err)
			netlink_ack(skb, nlh, err, extack);
		return;
	}
	if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
		return;

	op = nl_rcv_find(ops, n_ops, nlh->nlmsg_type);
	if (!(nlh->nlmsg_flags & NLM_F_REQUEST) &&
	    !(op && op->flags & NL_RCV_REQUEST_OPTIONAL))
		return;

	if (!op) {
		NL_SET_ERR_MSG(extack, "unknown message type");
		err = -EOPNOTSUPP;
	} else if (op->flags & NL_RCV_ADMIN &&
		   !netlink_net_capable(skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(extack, "CAP_NET_ADMIN is needed");
		err = -EPERM;
	} else {
		err = op->doit(skb, nlh, extack);
		if (op->flags & NL_RCV_OWN_ANSWER)
			ack = false;
	}

	if (err != -EINTR && (err || ack))
		netlink_ack(skb, nlh, err, extack);
}

/**
 * nl_rcv_skb - handle every message of a datagram
 * @skb: the datagram, as the input callback of a kernel socket gets it
 * @ops: message types of the protocol
 * @n_ops: number of @ops
 *
 * Runs in the sender's context, for several senders at once. A message whose
 * length is wrong ends the datagram without an answer.
 */
static inline void nl_rcv_skb(struct sk_buff *skb, const struct nl_rcv_op *ops,
			      unsigned int n_ops)
{
	while (skb->len >= NLMSG_HDRLEN) {
		struct nlmsghdr *nlh = nlmsg_hdr(skb);

		if (nlh->nlmsg_len < NLMSG_HDRLEN || nlh->nlmsg_len > skb->len)
			return;

		/* The ack is built before the pull: it needs the offsets. */
		nl_rcv_msg(skb, nlh, ops, n_ops);
		skb_pull(skb, min_t(unsigned int, skb->len,
				    NLMSG_ALIGN(nlh->nlmsg_len)));
		cond_resched();
	}
}

#endif /* _NL_RCV_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The message types and what is done for each: parsed, carried out, answered.
 */

#include <linux/bitops.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <net/netlink.h>

#include "nl_rcv.h"
#include "rtm.h"

static struct rtm_request rtm_request(struct sk_buff *skb,
				      struct nlmsghdr *nlh,
				      struct netlink_ext_ack *extack)
{
	return (struct rtm_request) {
		.rn = rtm_net(sock_net(skb->sk)),
		.skb = skb,
		.nlh = nlh,
		.portid = NETLINK_CB(skb).portid,
		.extack = extack,
	};
}

static int rtm_table_change(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack,
			    int (*change)(const struct rtm_request *req,
					  const struct rtm_args *args))
{
	struct rtm_request req = rtm_request(skb, nlh, extack);
	struct rtm_args args;
	int err;

	err = rtm_parse_table(&req, &args);
	return err ?: change(&req, &args);
}

static int rtm_do_table_new(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	return rtm_table_change(skb, nlh, extack, rtm_table_new);
}

static int rtm_do_table_del(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	return rtm_table_change(skb, nlh, extack, rtm_table_del);
}

static int rtm_do_table_clear(struct sk_buff *skb, struct nlmsghdr *nlh,
			      struct netlink_ext_ack *extack)
{
	return rtm_table_change(skb, nlh, extack, rtm_table_clear);
}

static int rtm_new_flags_check(u16 flags, struct netlink_ext_ack *extack)
{
	const u16 known = NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO |
			  RTM_NEW_FLAGS;

	if (flags & ~known) {
		nl_rcv_err_attr(extack, NULL, "unknown flags 0x%x",
				flags & ~known);
		return -EINVAL;
	}
	if (hweight16(flags & (NLM_F_EXCL | NLM_F_REPLACE | NLM_F_APPEND)) > 1) {
		NL_SET_ERR_MSG(extack,
			       "more than one of NLM_F_EXCL, NLM_F_REPLACE and NLM_F_APPEND");
		return -EINVAL;
	}
	return 0;
}

static int rtm_do_route_new(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct rtm_request req = rtm_request(skb, nlh, extack);
	struct rtm_args args;
	int err;

	err = rtm_new_flags_check(nlh->nlmsg_flags, extack);
	if (err)
		return err;
	err = rtm_parse_route_new(&req, &args);
	if (!err)
		err = rtm_route_new(&req, &args);
	rtm_args_release(&args);
	return err;
}

static int rtm_do_route_del(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct rtm_request req = rtm_request(skb, nlh, extack);
	struct rtm_args args;
	int err;

	err = rtm_parse_route_del(&req, &args);
	return err ?: rtm_route_del(&req, &args);
}

static struct nlmsghdr rtm_answer_head(const struct rtm_request *req, u16 type)
{
	return (struct nlmsghdr) {
		.nlmsg_type = type,
		.nlmsg_seq = req->nlh->nlmsg_seq,
		.nlmsg_pid = req->portid,
	};
}

/* Sends an answer that was filled, or frees it. */
static int rtm_answer(const struct rtm_request *req, struct sk_buff *skb,
		      int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	/* A requester that does not read is told so by its own socket. */
	nlmsg_unicast(req->rn->sk, skb, req->portid);
	return 0;
}

static int rtm_table_answer(const struct rtm_request *req,
			    const struct rtm_args *args, struct sk_buff *skb)
{
	struct nlmsghdr head = rtm_answer_head(req, RTM_TABLE_NEW);
	struct rtm_table_info info;
	struct rtm_table *t;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;
	rtm_table_info(t, &info);
	return rtm_table_fill(skb, &head, t->name, &info);
}

static int rtm_table_get(const struct rtm_request *req)
{
	struct rtm_args args;
	struct sk_buff *skb;
	int err;

	err = rtm_parse_table(req, &args);
	if (err)
		return err;
	skb = nlmsg_new(rtm_table_size(), GFP_KERNEL);
	if (!skb)
		return -ENOMEM;

	rcu_read_lock();
	err = rtm_table_answer(req, &args, skb);
	rcu_read_unlock();
	return rtm_answer(req, skb, err);
}

/* How often an address is looked up while others keep changing routes. */
#define RTM_LOOKUP_TRIES 4

/* What was looked up gives way to the destination that it was found under. */
static int rtm_route_lookup(const struct rtm_request *req,
			    struct rtm_args *args, const struct rtm_table *t,
			    struct rtm_route **route)
{
	struct rtm_prefix found;
	unsigned int tries;
	u32 seq;

	for (tries = 0; tries < RTM_LOOKUP_TRIES; tries++) {
		seq = rtm_read_begin(t);
		*route = rtm_trie_lookup(rtm_table_trie(t), &args->dst,
					 &found);
		if (rtm_read_retry(t, seq))
			continue;
		if (*route)
			args->dst = found;
		atomic_long_inc(&req->rn->lookups);
		return 0;
	}
	return -EAGAIN;
}

static int rtm_route_answer(const struct rtm_request *req,
			    struct rtm_args *args, struct sk_buff *skb)
{
	struct nlmsghdr head = rtm_answer_head(req, RTM_ROUTE_NEW);
	bool exact = args->tb[RTM_ROUTE_A_DST];
	struct rtm_route *route;
	struct rtm_table *t;
	int err = 0;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;
	if (exact)
		route = rtm_trie_find(rtm_table_trie(t), &args->dst);
	else
		err = rtm_route_lookup(req, args, t, &route);
	if (err)
		return err;
	if (!route)
		return rtm_refuse_dst(req, args, -ENOENT,
				      exact ? "no route" : "no route to", "");
	return rtm_route_fill(skb, &head, t->name, &args->dst, route,
			      route->generation);
}

static int rtm_route_get(const struct rtm_request *req)
{
	struct rtm_args args;
	struct sk_buff *skb;
	int err;

	err = rtm_parse_route_get(req, &args);
	if (err)
		return err;
	/* Any route fits: it must fit the first datagram of a dump, too. */
	skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;

	rcu_read_lock();
	err = rtm_route_answer(req, &args, skb);
	rcu_read_unlock();
	if (err == -EAGAIN) {
		/* Takes its turn: nothing changes meanwhile. */
		mutex_lock(&req->rn->lock);
		err = rtm_route_answer(req, &args, skb);
		mutex_unlock(&req->rn->lock);
	}
	return rtm_answer(req, skb, err);
}

/* Both bits make a dump; one alone means something else in every protocol. */
static int rtm_is_dump(const struct nlmsghdr *nlh,
		       struct netlink_ext_ack *extack)
{
	switch (nlh->nlmsg_flags & NLM_F_DUMP) {
	case 0:
		return 0;
	case NLM_F_DUMP:
		return 1;
	}
	NL_SET_ERR_MSG(extack, "a dump needs both bits of NLM_F_DUMP");
	return -EINVAL;
}

static int rtm_do_table_get(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct rtm_request req = rtm_request(skb, nlh, extack);
	int dump = rtm_is_dump(nlh, extack);
	int err;

	if (dump < 0)
		return dump;
	if (!dump)
		return rtm_table_get(&req);
	err = rtm_parse_table_dump(&req);
	return err ?: rtm_table_dump(&req);
}

static int rtm_route_get_all(const struct rtm_request *req)
{
	struct rtm_args args;
	struct rtm_table *t;
	u32 id = 0;
	int err;

	err = rtm_parse_route_dump(req, &args);
	if (err)
		return err;
	if (!args.tb[RTM_ROUTE_A_TABLE])
		return rtm_route_dump(req, 0);

	rcu_read_lock();
	t = rtm_table_named(req, &args);
	if (t)
		id = t->id;
	rcu_read_unlock();
	return id ? rtm_route_dump(req, id) : -ENOENT;
}

static int rtm_do_route_get(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct rtm_request req = rtm_request(skb, nlh, extack);
	int dump = rtm_is_dump(nlh, extack);

	if (dump < 0)
		return dump;
	return dump ? rtm_route_get_all(&req) : rtm_route_get(&req);
}

static const struct nl_rcv_op rtm_ops[] = {
	{ rtm_do_table_new, RTM_TABLE_NEW, NL_RCV_ADMIN },
	{ rtm_do_table_del, RTM_TABLE_DEL, NL_RCV_ADMIN },
	{ rtm_do_table_get, RTM_TABLE_GET },
	{ rtm_do_table_clear, RTM_TABLE_CLEAR, NL_RCV_ADMIN },
	{ rtm_do_route_new, RTM_ROUTE_NEW, NL_RCV_ADMIN },
	{ rtm_do_route_del, RTM_ROUTE_DEL, NL_RCV_ADMIN },
	{ rtm_do_route_get, RTM_ROUTE_GET },
};

/**
 * rtm_input - input callback of the kernel sockets
 * @skb: datagram from user space
 */
void rtm_input(struct sk_buff *skb)
{
	nl_rcv_skb(skb, rtm_ops, ARRAY_SIZE(rtm_ops));
}

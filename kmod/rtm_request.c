// SPDX-License-Identifier: GPL-2.0
/*
 * The message types and what is done for each: parsed, carried out, answered.
 */

#include <linux/bitops.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
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

static int rtm_change(const struct rtm_request *req, struct rtm_args *args)
{
	switch (req->nlh->nlmsg_type) {
	case RTM_TABLE_NEW:
		return rtm_table_new(req, args);
	case RTM_TABLE_DEL:
		return rtm_table_del(req, args);
	case RTM_TABLE_CLEAR:
		return rtm_table_clear(req, args);
	case RTM_ROUTE_NEW:
		return rtm_route_new(req, args);
	case RTM_ROUTE_DEL:
		return rtm_route_del(req, args);
	}
	return -EOPNOTSUPP;
}

static int rtm_do_change(struct sk_buff *skb, struct nlmsghdr *nlh,
			 struct netlink_ext_ack *extack)
{
	struct rtm_request req = rtm_request(skb, nlh, extack);
	struct rtm_args args = {};
	int err;

	err = rtm_parse(&req, &args);
	if (!err) {
		rtm_limit_wait(req.rn);
		mutex_lock(&req.rn->lock);
		err = rtm_change(&req, &args);
		mutex_unlock(&req.rn->lock);
	}
	rtm_route_free(args.route);
	return err;
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
	int err;

	err = rtm_new_flags_check(nlh->nlmsg_flags, extack);
	return err ?: rtm_do_change(skb, nlh, extack);
}

static int rtm_answer_table(const struct rtm_table *t,
			    const struct nlmsghdr *head, struct sk_buff *skb)
{
	struct rtm_table_info info;

	rtm_table_info(t, &info);
	return rtm_table_fill(skb, head, t->name, &info);
}

/*
 * A search sees each change as a whole, but it may see the second of two
 * changes without the first: a route is added where the search has been
 * already, and then another one is deleted where it has not been yet. It would
 * find neither, although one of the two existed at any time.
 */
static struct rtm_route *rtm_lookup(const struct rtm_table *t,
				    const struct rtm_prefix *addr,
				    struct rtm_prefix *found)
{
	struct rtm_route *route;
	unsigned int seq;

	do {
		seq = read_seqbegin(&t->rn->seq);
		route = rtm_trie_lookup(rtm_table_trie(t), addr, found);
	} while (read_seqretry(&t->rn->seq, seq));
	return route;
}

static int rtm_answer_route(const struct rtm_request *req,
			    const struct rtm_args *args,
			    const struct rtm_table *t,
			    const struct nlmsghdr *head, struct sk_buff *skb)
{
	bool exact = args->tb[RTM_ROUTE_A_DST];
	struct rtm_prefix dst = args->dst;
	struct rtm_route *route;

	if (exact)
		route = rtm_trie_find(rtm_table_trie(t), &dst);
	else
		route = rtm_lookup(t, &args->dst, &dst);
	if (!route)
		return rtm_refuse_dst(req, args, -ENOENT,
				      exact ? "no route" : "no route to", "");
	return rtm_route_fill(skb, head, t->name, &dst, route,
			      route->generation);
}

/* Inside rcu_read_lock(). */
static int rtm_answer(const struct rtm_request *req,
		      const struct rtm_args *args, struct sk_buff *skb)
{
	bool is_table = req->nlh->nlmsg_type == RTM_TABLE_GET;
	struct nlmsghdr head = {
		.nlmsg_type = is_table ? RTM_TABLE_NEW : RTM_ROUTE_NEW,
		.nlmsg_seq = req->nlh->nlmsg_seq,
		.nlmsg_pid = req->portid,
	};
	const struct rtm_table *t;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;
	if (is_table)
		return rtm_answer_table(t, &head, skb);
	return rtm_answer_route(req, args, t, &head, skb);
}

static int rtm_get(const struct rtm_request *req)
{
	struct rtm_args args = {};
	struct sk_buff *skb;
	int err;

	err = rtm_parse(req, &args);
	if (err)
		return err;
	skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;

	rcu_read_lock();
	err = rtm_answer(req, &args, skb);
	rcu_read_unlock();
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	/* A requester that does not read is told so by its own socket. */
	nlmsg_unicast(req->skb->sk, skb, req->portid);
	return 0;
}

static int rtm_dump(const struct rtm_request *req)
{
	struct rtm_args args = {};
	struct rtm_table *t;
	u32 id = 0;
	int err;

	err = rtm_parse_filter(req, &args);
	if (err)
		return err;
	if (req->nlh->nlmsg_type == RTM_TABLE_GET ||
	    !args.tb[RTM_ROUTE_A_TABLE])
		return rtm_dump_start(req, 0);

	rcu_read_lock();
	t = rtm_table_named(req, &args);
	if (t)
		id = t->id;
	rcu_read_unlock();
	return id ? rtm_dump_start(req, id) : -ENOENT;
}

/* A dump has both bits set. One bit alone means other things elsewhere. */
static int rtm_do_get(struct sk_buff *skb, struct nlmsghdr *nlh,
		      struct netlink_ext_ack *extack)
{
	struct rtm_request req = rtm_request(skb, nlh, extack);

	switch (nlh->nlmsg_flags & NLM_F_DUMP) {
	case 0:
		return rtm_get(&req);
	case NLM_F_DUMP:
		return rtm_dump(&req);
	}
	NL_SET_ERR_MSG(extack, "a dump needs both bits of NLM_F_DUMP");
	return -EINVAL;
}

static const struct nl_rcv_op rtm_ops[] = {
	{ .type = RTM_TABLE_NEW, .doit = rtm_do_change,
	  .flags = NL_RCV_ADMIN },
	{ .type = RTM_TABLE_DEL, .doit = rtm_do_change,
	  .flags = NL_RCV_ADMIN },
	{ .type = RTM_TABLE_GET, .doit = rtm_do_get },
	{ .type = RTM_TABLE_CLEAR, .doit = rtm_do_change,
	  .flags = NL_RCV_ADMIN },
	{ .type = RTM_ROUTE_NEW, .doit = rtm_do_route_new,
	  .flags = NL_RCV_ADMIN },
	{ .type = RTM_ROUTE_DEL, .doit = rtm_do_change,
	  .flags = NL_RCV_ADMIN },
	{ .type = RTM_ROUTE_GET, .doit = rtm_do_get },
};

/**
 * rtm_input - input callback of the kernel sockets
 * @skb: datagram from user space
 */
void rtm_input(struct sk_buff *skb)
{
	nl_rcv_skb(skb, rtm_ops, ARRAY_SIZE(rtm_ops));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps: resumed by key, and marked if what they cover changes meanwhile.
 */

#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <net/netlink.h>

#include "rtm.h"

/**
 * struct rtm_dump - where a dump goes on, in &netlink_callback.ctx
 * @last: prefix of the last route that was sent
 * @seq: changes with what the dump covers; as it was for the last part
 * @table: id of the table that @last is in, or of the last table that was sent
 * @in_table: whether a route of @table was sent
 * @started: whether a part was filled
 *
 * Packed, because @ctx is aligned for a long, and a u64 may need more.
 */
struct rtm_dump {
	struct rtm_prefix last;
	u64 seq;
	u32 table;
	bool in_table;
	bool started;
} __packed __aligned(__alignof__(long));

static_assert(sizeof(struct rtm_dump) <=
	      sizeof_field(struct netlink_callback, ctx));

static struct rtm_dump *rtm_dump(struct netlink_callback *cb)
{
	return (struct rtm_dump *)cb->ctx;
}

/*
 * To be called when a part begins: if something has changed since the previous
 * part began, everything from here on is marked, NLMSG_DONE included. The mutex
 * that netlink_dump() holds orders the reads of the parts.
 */
static void rtm_dump_check(struct netlink_callback *cb, u64 seq)
{
	struct rtm_dump *dump = rtm_dump(cb);

	if (dump->started && dump->seq != seq)
		cb->answer_flags |= NLM_F_DUMP_INTR;
	dump->seq = seq;
	dump->started = true;
}

static struct nlmsghdr rtm_dump_head(struct netlink_callback *cb, u16 type)
{
	return (struct nlmsghdr) {
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_MULTI | cb->answer_flags,
		.nlmsg_seq = cb->nlh->nlmsg_seq,
		.nlmsg_pid = NETLINK_CB(cb->skb).portid,
	};
}

/* An object that does not even fit alone would be tried forever. */
static int rtm_dump_end(const struct sk_buff *skb, int err)
{
	return skb->len ?: err;
}

static int rtm_dump_tables(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct rtm_net *rn = rtm_net(sock_net(skb->sk));
	struct rtm_dump *dump = rtm_dump(cb);
	unsigned long id = dump->table;
	struct rtm_table_info info;
	struct nlmsghdr head;
	struct rtm_table *t;
	int err = 0;

	rtm_dump_check(cb, read_seqbegin(&rn->seq));
	head = rtm_dump_head(cb, RTM_TABLE_NEW);
	rcu_read_lock();
	while ((t = xa_find_after(&rn->tables, &id, U32_MAX, XA_PRESENT))) {
		rtm_table_info(t, &info);
		err = rtm_table_fill(skb, &head, t->name, &info);
		if (err)
			break;
		dump->table = id;
	}
	rcu_read_unlock();
	return rtm_dump_end(skb, err);
}

static int rtm_dump_table(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct rtm_table *t)
{
	const struct rtm_trie *trie = rtm_table_trie(t);
	struct nlmsghdr head = rtm_dump_head(cb, RTM_ROUTE_NEW);
	struct rtm_dump *dump = rtm_dump(cb);
	struct rtm_prefix dst = dump->last;
	struct rtm_route *route;
	int err;

	while ((route = rtm_trie_next(trie, dump->in_table ? &dst : NULL,
				      &dst))) {
		err = rtm_route_fill(skb, &head, t->name, &dst, route,
				     route->generation);
		if (err)
			return err;
		dump->last = dst;
		dump->in_table = true;
	}
	return 0;
}

static int rtm_dump_routes(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct rtm_net *rn = rtm_net(sock_net(skb->sk));
	struct rtm_dump *dump = rtm_dump(cb);
	unsigned long id = dump->table;
	struct rtm_table *t;
	int err = 0;

	rtm_dump_check(cb, read_seqbegin(&rn->seq));
	rcu_read_lock();
	for (t = xa_find(&rn->tables, &id, U32_MAX, XA_PRESENT); t && !err;
	     t = xa_find_after(&rn->tables, &id, U32_MAX, XA_PRESENT)) {
		if (id != dump->table)
			dump->in_table = false;
		dump->table = id;
		err = rtm_dump_table(skb, cb, t);
	}
	rcu_read_unlock();
	return rtm_dump_end(skb, err);
}

/* The filter is an id, so that a dump keeps nothing from going away. */
static int rtm_dump_filtered(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct rtm_net *rn = rtm_net(sock_net(skb->sk));
	struct rtm_table_info info;
	struct rtm_table *t;
	int err = 0;

	cb->answer_flags |= NLM_F_DUMP_FILTERED;
	rcu_read_lock();
	t = xa_load(&rn->tables, (unsigned long)cb->data);
	if (t) {
		rtm_table_info(t, &info);
		rtm_dump_check(cb, info.generation);
		err = rtm_dump_table(skb, cb, t);
	} else {
		cb->answer_flags |= NLM_F_DUMP_INTR;
	}
	rcu_read_unlock();
	return rtm_dump_end(skb, err);
}

/**
 * rtm_dump_start - start a dump
 * @req: TABLE_GET or ROUTE_GET
 * @table: id of the table whose routes are asked for, or 0 for all
 *
 * Return: -EINTR if it has started, or the error for the requester.
 */
int rtm_dump_start(const struct rtm_request *req, u32 table)
{
	struct netlink_dump_control control = {
		.dump = table ? rtm_dump_filtered : rtm_dump_routes,
		.data = (void *)(unsigned long)table,
		.module = THIS_MODULE,
	};
	int err;

	if (req->nlh->nlmsg_type == RTM_TABLE_GET)
		control.dump = rtm_dump_tables;
	err = netlink_dump_start(req->skb->sk, req->skb, req->nlh, &control);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(req->extack,
			       "a dump is already running on this socket");
	return err;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps: resumed by key, and marked if what they cover changes meanwhile.
 */

#include <linux/rcupdate.h>
#include <net/netlink.h>

#include "rtm.h"

/**
 * struct rtm_dump - where a dump goes on, in &netlink_callback.ctx
 * @last: prefix of the last route that was sent
 * @table: id of the table that it is in, or of the last table that was sent
 * @in_table: whether a route of @table was sent
 */
struct rtm_dump {
	struct rtm_prefix last;
	u32 table;
	bool in_table;
};

static_assert(sizeof(struct rtm_dump) <=
	      sizeof_field(struct netlink_callback, ctx));

static struct rtm_dump *rtm_dump(struct netlink_callback *cb)
{
	return (struct rtm_dump *)cb->ctx;
}

/*
 * Compares a counter of changes with what it was; from then on everything up
 * to and with NLMSG_DONE is marked, where the kernel would mark it once.
 */
static void rtm_dump_check(struct netlink_callback *cb, const u32 *seq)
{
	/* What was read of the last part came before what the counter says. */
	smp_rmb();
	cb->seq = READ_ONCE(*seq);
	/* And what is read of this one comes after it. */
	smp_rmb();
	if (cb->prev_seq && cb->prev_seq != cb->seq)
		cb->answer_flags |= NLM_F_DUMP_INTR;
	cb->prev_seq = cb->seq;
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

/* What fits now; an object that never fits must not be tried forever. */
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

	rcu_read_lock();
	rtm_dump_check(cb, &rn->table_seq);
	head = rtm_dump_head(cb, RTM_TABLE_NEW);
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

/* The route behind the last one, of the same family or of the next. */
static struct rtm_route *rtm_dump_next(const struct rtm_trie *trie,
				       const struct rtm_dump *dump,
				       struct rtm_prefix *dst)
{
	struct rtm_route *route;
	u8 family = 0;

	if (dump->in_table) {
		*dst = dump->last;
		route = rtm_trie_next(trie, dst);
		if (route)
			return route;
		family = dump->last.family + 1;
	}
	for (; family < RTM_FAMILIES; family++) {
		route = rtm_trie_first(trie, family, dst);
		if (route)
			return route;
	}
	return NULL;
}

static int rtm_dump_table(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct rtm_table *t)
{
	const struct rtm_trie *trie = rtm_table_trie(t);
	struct nlmsghdr head = rtm_dump_head(cb, RTM_ROUTE_NEW);
	struct rtm_dump *dump = rtm_dump(cb);
	struct rtm_route *route;
	struct rtm_prefix dst;
	int err;

	while ((route = rtm_dump_next(trie, dump, &dst))) {
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

	rcu_read_lock();
	rtm_dump_check(cb, &rn->route_seq);
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
	struct rtm_table *t;
	int err = 0;

	cb->answer_flags |= NLM_F_DUMP_FILTERED;
	rcu_read_lock();
	t = xa_load(&rn->tables, (unsigned long)cb->data);
	if (t) {
		rtm_dump_check(cb, &t->seq);
		err = rtm_dump_table(skb, cb, t);
	} else {
		cb->answer_flags |= NLM_F_DUMP_INTR;
	}
	rcu_read_unlock();
	return rtm_dump_end(skb, err);
}

static int rtm_dump_start(const struct rtm_request *req,
			  struct netlink_dump_control *control)
{
	int err;

	err = netlink_dump_start(req->rn->sk, req->skb, req->nlh, control);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(req->extack,
			       "a dump is already running on this socket");
	return err;
}

/**
 * rtm_table_dump - start a dump of all tables
 * @req: request
 *
 * Return: -EINTR if it has started, or the error for the requester.
 */
int rtm_table_dump(const struct rtm_request *req)
{
	struct netlink_dump_control control = {
		.dump = rtm_dump_tables,
		.module = THIS_MODULE,
	};

	return rtm_dump_start(req, &control);
}

/**
 * rtm_route_dump - start a dump of routes
 * @req: request
 * @table: id of the table whose routes are asked for, or 0 for all
 *
 * Return: -EINTR if it has started, or the error for the requester.
 */
int rtm_route_dump(const struct rtm_request *req, u32 table)
{
	struct netlink_dump_control control = {
		.dump = table ? rtm_dump_filtered : rtm_dump_routes,
		.data = (void *)(unsigned long)table,
		.module = THIS_MODULE,
	};

	return rtm_dump_start(req, &control);
}

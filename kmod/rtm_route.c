// SPDX-License-Identifier: GPL-2.0
/*
 * Routes: added, changed, extended and deleted.
 */

#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "nl_rcv.h"
#include "rtm.h"

/**
 * rtm_route_alloc - memory for a route
 * @rn: network namespace that it counts for
 * @max_hops: number of next hops that it has room for
 *
 * Return: the route, which has no next hops yet, or NULL without memory.
 */
struct rtm_route *rtm_route_alloc(struct rtm_net *rn, unsigned int max_hops)
{
	struct rtm_route *route;

	route = kzalloc(struct_size(route, hops, max_hops), GFP_KERNEL_ACCOUNT);
	if (!route)
		return NULL;
	route->rn = rn;
	atomic_inc(&rn->n_routes.held);
	return route;
}

/**
 * rtm_route_free - free a route that no reader sees
 * @route: route or NULL
 */
void rtm_route_free(struct rtm_route *route)
{
	if (!route)
		return;
	atomic_dec(&route->rn->n_routes.held);
	kfree(route);
}

static void rtm_route_free_rcu(struct rcu_head *rcu)
{
	rtm_route_free(container_of(rcu, struct rtm_route, rcu));
}

/* Makes the route visible, in place of the one that its prefix had. */
static int rtm_route_publish(const struct rtm_request *req,
			     struct rtm_table *t, struct rtm_args *args,
			     struct rtm_route *old)
{
	struct rtm_net *rn = t->rn;
	struct rtm_route *route = args->route;
	struct rtm_insertion ins;
	int err;

	err = rtm_trie_prepare(rtm_table_trie(t), &args->dst, route, &ins);
	if (err)
		return err;
	route->generation = rn->generation + 1;

	write_seqlock(&rn->seq);
	rtm_trie_insert(&ins);
	rtm_table_changed(t, old ? 0 : 1);
	write_sequnlock(&rn->seq);

	rtm_event(req, t, &args->dst, route);
	args->route = NULL;
	if (old)
		call_rcu(&old->rcu, rtm_route_free_rcu);
	return 0;
}

static int rtm_route_add(const struct rtm_request *req, struct rtm_table *t,
			 struct rtm_args *args)
{
	int err;

	err = rtm_limit_routes(req, args);
	return err ?: rtm_route_publish(req, t, args, NULL);
}

static int rtm_route_append(const struct rtm_request *req,
			    struct rtm_table *t, struct rtm_args *args,
			    struct rtm_route *old)
{
	struct rtm_route *more = args->route;
	struct rtm_route *both;
	int err;

	if (args->tb[RTM_ROUTE_A_METRIC] && more->metric != old->metric) {
		nl_rcv_err_attr(req->extack, args->tb[RTM_ROUTE_A_METRIC],
				"metric of the route is %u", old->metric);
		return -EINVAL;
	}
	both = rtm_route_alloc(t->rn, min(old->n_hops + more->n_hops,
					  (u32)RTM_NEXTHOPS_MAX));
	if (!both)
		return -ENOMEM;
	both->metric = old->metric;
	err = rtm_append_nexthops(req, args, old, both);
	if (err) {
		rtm_route_free(both);
		return err;
	}
	rtm_route_free(more);
	args->route = both;
	return rtm_route_publish(req, t, args, old);
}

/**
 * rtm_route_new - add, change or extend a route, as the flags say
 * @req: request; &rtm_net.lock is held
 * @args: the route, which is taken on success
 *
 * Return: 0 or the error for the requester.
 */
int rtm_route_new(const struct rtm_request *req, struct rtm_args *args)
{
	u16 flags = req->nlh->nlmsg_flags;
	struct rtm_route *old;
	struct rtm_table *t;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;

	old = rtm_trie_find(rtm_table_trie(t), &args->dst);
	if (!old) {
		if (flags & NLM_F_CREATE)
			return rtm_route_add(req, t, args);
		return rtm_refuse_dst(req, args, -ENOENT,
				      "no route", ", and NLM_F_CREATE not set");
	}
	if (flags & NLM_F_REPLACE)
		return rtm_route_publish(req, t, args, old);
	if (flags & NLM_F_APPEND)
		return rtm_route_append(req, t, args, old);
	return rtm_refuse_dst(req, args, -EEXIST, "route",
			      " already exists");
}

/**
 * rtm_route_del - delete a route
 * @req: request; &rtm_net.lock is held
 * @args: its table and destination
 *
 * Return: 0 or the error for the requester.
 */
int rtm_route_del(const struct rtm_request *req, const struct rtm_args *args)
{
	struct rtm_net *rn = req->rn;
	struct rtm_route *route;
	struct rtm_table *t;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;
	if (!rtm_trie_find(rtm_table_trie(t), &args->dst))
		return rtm_refuse_dst(req, args, -ENOENT, "no route", "");

	write_seqlock(&rn->seq);
	route = rtm_trie_remove(rtm_table_trie(t), &args->dst);
	rtm_table_changed(t, -1);
	write_sequnlock(&rn->seq);

	rtm_event(req, t, &args->dst, route);
	call_rcu(&route->rcu, rtm_route_free_rcu);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Routes: added, changed, extended and deleted.
 */

#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <net/netlink.h>

#include "nl_rcv.h"
#include "rtm.h"

/**
 * rtm_route_alloc - memory for a route
 * @n_hops: number of next hops
 *
 * Return: the route, zeros and @n_hops, or NULL without memory.
 */
struct rtm_route *rtm_route_alloc(unsigned int n_hops)
{
	struct rtm_route *route;
	size_t size = struct_size(route, hops, n_hops);

	/* A request may have thousands, all of which have to be looked at. */
	route = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (route)
		route->n_hops = n_hops;
	return route;
}

/**
 * rtm_route_free - free a route that no reader sees
 * @route: route or NULL
 */
void rtm_route_free(struct rtm_route *route)
{
	if (route && route->rn)
		atomic_dec(&route->rn->n_routes.held);
	kvfree(route);
}

static void rtm_route_free_rcu(struct rcu_head *rcu)
{
	rtm_route_free(container_of(rcu, struct rtm_route, rcu));
}

/* Whether a route may have @n more than the message's next hops. */
static int rtm_route_fits(const struct rtm_request *req,
			  const struct rtm_args *args, unsigned int n)
{
	if (n + args->route->n_hops <= RTM_NEXTHOPS_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(req->extack,
			    rtm_nth_nexthop(req->nlh, RTM_NEXTHOPS_MAX - n),
			    "too many next hops, the limit is "
			    __stringify(RTM_NEXTHOPS_MAX));
	return -ENOSPC;
}

/* Makes the route visible in place of @old, and tells everybody. */
static void rtm_route_publish(const struct rtm_request *req,
			      struct rtm_table *t, struct rtm_args *args,
			      struct rtm_route *old)
{
	struct rtm_route *route = args->route;

	route->rn = t->rn;
	route->generation = t->rn->generation + 1;
	rtm_change_begin(t);
	rtm_trie_replace(rtm_table_trie(t), &args->dst, route);
	rtm_change_end(t, 0);
	rtm_route_event(req, t, &args->dst, route);

	/* The new one is paid for by the old one. */
	old->rn = NULL;
	call_rcu(&old->rcu, rtm_route_free_rcu);
	args->route = NULL;
}

static int rtm_route_add(const struct rtm_request *req, struct rtm_table *t,
			 struct rtm_args *args)
{
	struct rtm_net *rn = t->rn;
	struct rtm_route *route = args->route;
	int err;

	err = rtm_route_fits(req, args, 0);
	if (err)
		return err;
	err = rtm_limit_routes(req, args);
	if (err)
		return err;

	route->generation = rn->generation + 1;
	rtm_change_begin(t);
	err = rtm_trie_insert(rtm_table_trie(t), &args->dst, route);
	/* Dumps then expect a change that does not come, and are repeated. */
	if (err)
		return err;
	route->rn = rn;
	atomic_inc(&rn->n_routes.held);
	rtm_change_end(t, 1);
	rtm_route_event(req, t, &args->dst, route);
	args->route = NULL;
	return 0;
}

static int rtm_route_change(const struct rtm_request *req,
			    struct rtm_table *t, struct rtm_args *args,
			    struct rtm_route *old)
{
	int err;

	err = rtm_route_fits(req, args, 0);
	if (err)
		return err;
	rtm_route_publish(req, t, args, old);
	return 0;
}

static int rtm_append_check(const struct rtm_request *req,
			    const struct rtm_args *args,
			    const struct rtm_route *old)
{
	const struct rtm_route *more = args->route;
	unsigned int i;

	if (args->tb[RTM_ROUTE_A_METRIC] && more->metric != old->metric) {
		nl_rcv_err_attr(req->extack, args->tb[RTM_ROUTE_A_METRIC],
				"metric of the route is %u", old->metric);
		return -EINVAL;
	}
	for (i = 0; i < more->n_hops; i++) {
		if (!rtm_route_has_hop(old, &more->hops[i]))
			continue;
		NL_SET_ERR_MSG_ATTR(req->extack, rtm_nth_nexthop(req->nlh, i),
				    "route already has this next hop");
		return -EEXIST;
	}
	return rtm_route_fits(req, args, old->n_hops);
}

static int rtm_route_append(const struct rtm_request *req,
			    struct rtm_table *t, struct rtm_args *args,
			    struct rtm_route *old)
{
	struct rtm_route *more = args->route;
	struct rtm_route *both;
	int err;

	err = rtm_append_check(req, args, old);
	if (err)
		return err;
	both = rtm_route_alloc(old->n_hops + more->n_hops);
	if (!both)
		return -ENOMEM;

	both->metric = old->metric;
	memcpy(both->hops, old->hops, array_size(old->n_hops,
						 sizeof(old->hops[0])));
	memcpy(both->hops + old->n_hops, more->hops,
	       array_size(more->n_hops, sizeof(more->hops[0])));
	rtm_route_free(more);
	args->route = both;
	rtm_route_publish(req, t, args, old);
	return 0;
}

static int rtm_route_new_locked(const struct rtm_request *req,
				struct rtm_args *args)
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
		return rtm_route_change(req, t, args, old);
	if (flags & NLM_F_APPEND)
		return rtm_route_append(req, t, args, old);
	return rtm_refuse_dst(req, args, -EEXIST, "route",
			      " already exists");
}

/**
 * rtm_route_new - add, change or extend a route, as the flags say
 * @req: request
 * @args: the route, which is taken on success
 *
 * Return: 0 or the error for the requester.
 */
int rtm_route_new(const struct rtm_request *req, struct rtm_args *args)
{
	int err;

	mutex_lock(&req->rn->lock);
	err = rtm_route_new_locked(req, args);
	mutex_unlock(&req->rn->lock);
	return err;
}

static int rtm_route_del_locked(const struct rtm_request *req,
				const struct rtm_args *args)
{
	struct rtm_route *route;
	struct rtm_table *t;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;
	if (!rtm_trie_find(rtm_table_trie(t), &args->dst))
		return rtm_refuse_dst(req, args, -ENOENT, "no route", "");

	rtm_change_begin(t);
	route = rtm_trie_remove(rtm_table_trie(t), &args->dst);
	rtm_change_end(t, -1);
	rtm_route_event(req, t, &args->dst, route);
	call_rcu(&route->rcu, rtm_route_free_rcu);
	return 0;
}

/**
 * rtm_route_del - delete a route
 * @req: request
 * @args: its table and destination
 *
 * Return: 0 or the error for the requester.
 */
int rtm_route_del(const struct rtm_request *req, const struct rtm_args *args)
{
	int err;

	mutex_lock(&req->rn->lock);
	err = rtm_route_del_locked(req, args);
	mutex_unlock(&req->rn->lock);
	return err;
}

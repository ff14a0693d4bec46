// SPDX-License-Identifier: GPL-2.0
/*
 * Next hops: those of a request, and whether they are the same.
 *
 * A message may have more of them than a route: that is refused later, when it
 * is known whether the route is there. Until then they must be correct.
 */

#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "rtm.h"

/* Orders by gateway and interface, which are what tells next hops apart. */
static int rtm_hop_cmp(const struct rtm_nexthop *a, const struct rtm_nexthop *b)
{
	return memcmp(a, b, offsetof(struct rtm_nexthop, weight));
}

/**
 * rtm_route_has_hop - is there a next hop with this gateway and interface
 * @route: route
 * @hop: next hop
 *
 * Return: true if there is.
 */
bool rtm_route_has_hop(const struct rtm_route *route,
		       const struct rtm_nexthop *hop)
{
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		if (!rtm_hop_cmp(&route->hops[i], hop))
			return true;
	return false;
}

/* By next hop, and the same ones in the order of the message. */
static int rtm_order_cmp(const void *a, const void *b, const void *priv)
{
	const struct rtm_route *route = priv;
	unsigned int i = *(const unsigned int *)a;
	unsigned int j = *(const unsigned int *)b;

	return rtm_hop_cmp(&route->hops[i], &route->hops[j]) ?: i < j ? -1 : 1;
}

/* The first next hop that is the same as one before it, or @n_hops. */
static unsigned int rtm_hop_twice(const struct rtm_route *route,
				  unsigned int *order)
{
	unsigned int first = route->n_hops;
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		order[i] = i;
	sort_r(order, route->n_hops, sizeof(*order), rtm_order_cmp, NULL,
	       route);
	for (i = 1; i < route->n_hops; i++)
		if (!rtm_hop_cmp(&route->hops[order[i - 1]],
				 &route->hops[order[i]]))
			first = min(first, order[i]);
	return first;
}

/* Sorts: comparing each with each takes long if a message has thousands. */
static int rtm_check_twice(const struct rtm_request *req,
			   const struct rtm_route *route)
{
	unsigned int few[RTM_NEXTHOPS_MAX];
	unsigned int *order = few;
	unsigned int twice;

	if (route->n_hops > ARRAY_SIZE(few)) {
		order = kvmalloc_array(route->n_hops, sizeof(*order),
				       GFP_KERNEL);
		if (!order)
			return -ENOMEM;
	}
	twice = rtm_hop_twice(route, order);
	if (order != few)
		kvfree(order);
	if (twice == route->n_hops)
		return 0;
	NL_SET_ERR_MSG_ATTR(req->extack, rtm_nth_nexthop(req->nlh, twice),
			    "next hop comes twice");
	return -EINVAL;
}

static unsigned int rtm_count_nexthops(const struct nlmsghdr *nlh)
{
	const struct nlattr *nla;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(nla, nlh, 0, rem)
		n += nla_type(nla) == RTM_ROUTE_A_NEXTHOP;
	return n;
}

/**
 * rtm_nth_nexthop - a next hop of a message
 * @nlh: message that was parsed
 * @n: its number, counted from 0
 *
 * Return: the attribute, or NULL.
 */
const struct nlattr *rtm_nth_nexthop(const struct nlmsghdr *nlh, unsigned int n)
{
	const struct nlattr *nla;
	int rem;

	nlmsg_for_each_attr(nla, nlh, 0, rem)
		if (nla_type(nla) == RTM_ROUTE_A_NEXTHOP && !n--)
			return nla;
	return NULL;
}

/**
 * rtm_parse_nexthops - parse all next hops of a request
 * @req: request, whose other attributes were parsed
 * @args: gets the route, which rtm_args_release() releases, also on failure
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_nexthops(const struct rtm_request *req, struct rtm_args *args)
{
	const struct nlattr *nla;
	unsigned int i = 0;
	int rem, err;

	args->route = rtm_route_alloc(rtm_count_nexthops(req->nlh));
	if (!args->route)
		return -ENOMEM;

	nlmsg_for_each_attr(nla, req->nlh, 0, rem) {
		if (nla_type(nla) != RTM_ROUTE_A_NEXTHOP)
			continue;
		err = rtm_parse_nexthop(nla, args->dst.family,
					&args->route->hops[i++], req->extack);
		if (err)
			return err;
	}
	return rtm_check_twice(req, args->route);
}

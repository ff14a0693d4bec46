// SPDX-License-Identifier: GPL-2.0
/*
 * Next hops: those of a request, and those of a route.
 */

#include <linux/string.h>
#include <linux/stringify.h>
#include <net/netlink.h>

#include "rtm.h"

static int rtm_refuse_nexthop(const struct rtm_request *req,
			      const struct nlattr *nla)
{
	NL_SET_ERR_MSG_ATTR(req->extack, nla,
			    "too many next hops, the limit is "
			    __stringify(RTM_NEXTHOPS_MAX));
	return -ENOSPC;
}

/* Whether there is one with the same gateway and interface. */
static bool rtm_route_has_hop(const struct rtm_route *route,
			      const struct rtm_nexthop *hop)
{
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		if (!memcmp(&route->hops[i], hop,
			    offsetof(struct rtm_nexthop, weight)))
			return true;
	return false;
}

/* Does not parse beyond the limit: a message has room for thousands. */
static int rtm_find_nexthops(const struct rtm_request *req,
			     struct rtm_args *args)
{
	const struct nlattr *nla;
	int rem;

	nlmsg_for_each_attr(nla, req->nlh, 0, rem) {
		if (nla_type(nla) != RTM_ROUTE_A_NEXTHOP)
			continue;
		if (args->n_hops == RTM_NEXTHOPS_MAX)
			return rtm_refuse_nexthop(req, nla);
		args->hops[args->n_hops++] = nla;
	}
	return 0;
}

/**
 * rtm_parse_nexthops - parse all next hops of a request
 * @req: request, whose destination was parsed
 * @args: gets the route, which rtm_route_free() frees, also on failure
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_nexthops(const struct rtm_request *req, struct rtm_args *args)
{
	struct rtm_route *route;
	unsigned int i;
	int err;

	err = rtm_find_nexthops(req, args);
	if (err)
		return err;
	route = rtm_route_alloc(req->rn, args->n_hops);
	if (!route)
		return -ENOMEM;

	args->route = route;
	for (i = 0; i < args->n_hops; i++) {
		struct rtm_nexthop *hop = &route->hops[i];

		err = rtm_parse_nexthop(args->hops[i], args->dst.family, hop,
					req->extack);
		if (err)
			return err;
		if (rtm_route_has_hop(route, hop)) {
			NL_SET_ERR_MSG_ATTR(req->extack, args->hops[i],
					    "next hop comes twice");
			return -EINVAL;
		}
		route->n_hops++;
	}
	return 0;
}

/**
 * rtm_append_nexthops - put the next hops of a request behind those of a route
 * @req: request
 * @args: its attributes
 * @old: the route that they are appended to
 * @both: gets all of them; has room for %RTM_NEXTHOPS_MAX
 *
 * Return: 0 or the error for the requester.
 */
int rtm_append_nexthops(const struct rtm_request *req,
			const struct rtm_args *args,
			const struct rtm_route *old, struct rtm_route *both)
{
	const struct rtm_route *more = args->route;
	unsigned int i;

	for (i = 0; i < more->n_hops; i++) {
		if (!rtm_route_has_hop(old, &more->hops[i]))
			continue;
		NL_SET_ERR_MSG_ATTR(req->extack, args->hops[i],
				    "route already has this next hop");
		return -EEXIST;
	}
	if (old->n_hops + more->n_hops > RTM_NEXTHOPS_MAX)
		return rtm_refuse_nexthop(req, args->hops[RTM_NEXTHOPS_MAX -
							  old->n_hops]);

	both->n_hops = old->n_hops + more->n_hops;
	memcpy(both->hops, old->hops, old->n_hops * sizeof(old->hops[0]));
	memcpy(both->hops + old->n_hops, more->hops,
	       more->n_hops * sizeof(more->hops[0]));
	return 0;
}

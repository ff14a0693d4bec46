// SPDX-License-Identifier: GPL-2.0
/*
 * What subscribers are told, and the requester if it asks for an echo. Events
 * are sent under the lock of the change, so in the order of changes.
 */

#include <net/netlink.h>

#include "rtm.h"

/* These bits mean other things in a request to delete something. */
static u16 rtm_event_flags(const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_TABLE_NEW:
	case RTM_ROUTE_NEW:
		return nlh->nlmsg_flags & RTM_NEW_FLAGS;
	}
	return 0;
}

static struct nlmsghdr rtm_event_head(const struct rtm_request *req)
{
	return (struct nlmsghdr) {
		.nlmsg_type = req->nlh->nlmsg_type,
		.nlmsg_flags = rtm_event_flags(req->nlh),
		.nlmsg_seq = req->nlh->nlmsg_seq,
		.nlmsg_pid = req->portid,
	};
}

static bool rtm_event_wanted(const struct rtm_request *req, u32 group)
{
	return nlmsg_report(req->nlh) ||
	       netlink_has_listeners(req->rn->sk, group);
}

/* The change has happened: a listener that cannot be told must know that. */
static void rtm_event_send(const struct rtm_request *req, struct sk_buff *skb,
			   u32 group)
{
	struct rtm_net *rn = req->rn;

	if (!skb) {
		rn->events_lost++;
		netlink_set_err(rn->sk, 0, group, -ENOBUFS);
		return;
	}
	rn->events++;
	nlmsg_notify(rn->sk, skb, req->portid, group, nlmsg_report(req->nlh),
		     GFP_KERNEL);
}

/**
 * rtm_table_event - tell of a change of a table
 * @req: the request that has changed it
 * @t: the table, or the one that was deleted
 */
void rtm_table_event(const struct rtm_request *req, const struct rtm_table *t)
{
	struct nlmsghdr head = rtm_event_head(req);
	struct sk_buff *skb;

	if (!rtm_event_wanted(req, RTM_GRP_TABLES))
		return;
	skb = nlmsg_new(rtm_table_size(), GFP_KERNEL);
	if (skb && rtm_table_fill(skb, &head, t->name, &t->info)) {
		nlmsg_free(skb);
		skb = NULL;
	}
	rtm_event_send(req, skb, RTM_GRP_TABLES);
}

/**
 * rtm_route_event - tell of a change of a route
 * @req: the request that has changed it
 * @t: its table
 * @dst: its destination
 * @route: the route, or the one that was deleted
 */
void rtm_route_event(const struct rtm_request *req, const struct rtm_table *t,
		     const struct rtm_prefix *dst,
		     const struct rtm_route *route)
{
	struct nlmsghdr head = rtm_event_head(req);
	struct sk_buff *skb;

	if (!rtm_event_wanted(req, RTM_GRP_ROUTES))
		return;
	skb = nlmsg_new(rtm_route_size(route), GFP_KERNEL);
	if (skb && rtm_route_fill(skb, &head, t->name, dst, route,
				  req->rn->generation)) {
		nlmsg_free(skb);
		skb = NULL;
	}
	rtm_event_send(req, skb, RTM_GRP_ROUTES);
}

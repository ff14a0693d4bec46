// SPDX-License-Identifier: GPL-2.0
/*
 * What subscribers are told, and the requester if it asks for an echo. Events
 * are sent under the lock of the change, so in the order of changes.
 */

#include <net/netlink.h>

#include "rtm.h"

/* The flags of a request to delete something mean other things. */
static u16 rtm_event_flags(const struct nlmsghdr *nlh)
{
	bool is_new = nlh->nlmsg_type == RTM_TABLE_NEW ||
		      nlh->nlmsg_type == RTM_ROUTE_NEW;

	return is_new ? nlh->nlmsg_flags & RTM_NEW_FLAGS : 0;
}

static struct sk_buff *rtm_event_skb(const struct rtm_request *req,
				     const struct rtm_table *t,
				     const struct rtm_prefix *dst,
				     const struct rtm_route *route)
{
	struct nlmsghdr head = {
		.nlmsg_type = req->nlh->nlmsg_type,
		.nlmsg_flags = rtm_event_flags(req->nlh),
		.nlmsg_seq = req->nlh->nlmsg_seq,
		.nlmsg_pid = req->portid,
	};
	struct sk_buff *skb;
	int err;

	skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return NULL;
	if (route)
		err = rtm_route_fill(skb, &head, t->name, dst, route,
				     req->rn->generation);
	else
		err = rtm_table_fill(skb, &head, t->name, &t->info);
	if (err) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

/**
 * rtm_event - tell of a change
 * @req: the request that has made it; &rtm_net.lock is held
 * @t: table that has changed, or that was deleted
 * @dst: destination of @route
 * @route: route that has changed, or that was deleted; NULL if it is the table
 *
 * Cannot fail, because the change has happened: a listener that cannot be told
 * must know that.
 */
void rtm_event(const struct rtm_request *req, const struct rtm_table *t,
	       const struct rtm_prefix *dst, const struct rtm_route *route)
{
	u32 group = route ? RTM_GRP_ROUTES : RTM_GRP_TABLES;
	bool echo = nlmsg_report(req->nlh);
	struct sock *sk = req->skb->sk;
	struct sk_buff *skb;

	if (!echo && !netlink_has_listeners(sk, group))
		return;
	skb = rtm_event_skb(req, t, dst, route);
	if (skb) {
		req->rn->events++;
		nlmsg_notify(sk, skb, req->portid, group, echo, GFP_KERNEL);
	} else {
		req->rn->events_lost++;
		netlink_set_err(sk, 0, group, -ENOBUFS);
	}
}

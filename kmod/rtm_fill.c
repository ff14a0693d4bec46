// SPDX-License-Identifier: GPL-2.0
/*
 * Tables and routes as messages: the same for answers, dumps and events.
 *
 * Each fits NLMSG_DEFAULT_SIZE, as it must, or a dump could not send it. What
 * is allocated beyond its length is given back when it is sent.
 */

#include <linux/string.h>
#include <net/netlink.h>

#include "rtm.h"

static struct nlmsghdr *rtm_put(struct sk_buff *skb,
				const struct nlmsghdr *head)
{
	return nlmsg_put(skb, head->nlmsg_pid, head->nlmsg_seq,
			 head->nlmsg_type, 0, head->nlmsg_flags);
}

/* nla_put_u64_64bit() would pad it on some architectures. */
static int rtm_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put(skb, type, sizeof(value), &value);
}

/**
 * rtm_table_fill - put a table
 * @skb: datagram to add to
 * @head: header of the message, whatever its length
 * @name: name of the table
 * @info: the table
 *
 * Return: 0, or -EMSGSIZE, and @skb is as it was.
 */
int rtm_table_fill(struct sk_buff *skb, const struct nlmsghdr *head,
		   const char *name, const struct rtm_table_info *info)
{
	struct nlmsghdr *nlh = rtm_put(skb, head);

	if (!nlh)
		return -EMSGSIZE;
	if (nla_put_string(skb, RTM_TABLE_A_NAME, name) ||
	    nla_put_u32(skb, RTM_TABLE_A_ROUTES, info->routes) ||
	    rtm_put_u64(skb, RTM_TABLE_A_GENERATION, info->generation)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

static int rtm_put_prefix(struct sk_buff *skb, const struct rtm_prefix *p)
{
	__be64 addr[2] = { cpu_to_be64(p->bits[0]), cpu_to_be64(p->bits[1]) };
	struct nlattr *nest = nla_nest_start(skb, RTM_ROUTE_A_DST);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, RTM_PREFIX_A_ADDR, rtm_addr_len(p->family), addr) ||
	    nla_put_u8(skb, RTM_PREFIX_A_LEN, p->len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int rtm_put_nexthop(struct sk_buff *skb, const struct rtm_nexthop *hop)
{
	struct nlattr *nest = nla_nest_start(skb, RTM_ROUTE_A_NEXTHOP);

	if (!nest)
		return -EMSGSIZE;
	if (hop->gateway_len &&
	    nla_put(skb, RTM_NEXTHOP_A_GATEWAY, hop->gateway_len, hop->gateway))
		return -EMSGSIZE;
	if (hop->oif[0] && nla_put_string(skb, RTM_NEXTHOP_A_OIF, hop->oif))
		return -EMSGSIZE;
	if (nla_put_u8(skb, RTM_NEXTHOP_A_WEIGHT, hop->weight))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int rtm_put_nexthops(struct sk_buff *skb, const struct rtm_route *route)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < route->n_hops && !err; i++)
		err = rtm_put_nexthop(skb, &route->hops[i]);
	return err;
}

/**
 * rtm_route_fill - put a route
 * @skb: datagram to add to
 * @head: header of the message, whatever its length
 * @table: name of its table
 * @dst: its destination
 * @route: the route
 * @generation: of its last change, or of its deletion
 *
 * Return: 0, or -EMSGSIZE, and @skb is as it was.
 */
int rtm_route_fill(struct sk_buff *skb, const struct nlmsghdr *head,
		   const char *table, const struct rtm_prefix *dst,
		   const struct rtm_route *route, u64 generation)
{
	struct nlmsghdr *nlh = rtm_put(skb, head);

	if (!nlh)
		return -EMSGSIZE;
	if (nla_put_string(skb, RTM_ROUTE_A_TABLE, table) ||
	    rtm_put_prefix(skb, dst) ||
	    rtm_put_nexthops(skb, route) ||
	    nla_put_u32(skb, RTM_ROUTE_A_METRIC, route->metric) ||
	    rtm_put_u64(skb, RTM_ROUTE_A_GENERATION, generation)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

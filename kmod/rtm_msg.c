// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of requests. The policies have seen to types and sizes; here is
 * what they cannot say.
 */

#include <linux/string.h>
#include <net/netlink.h>

#include "generated/rtm_policy.h"
#include "rtm.h"

/* What names a table is the same in both families of messages. */
static_assert((int)RTM_TABLE_A_MAX <= (int)RTM_ROUTE_A_MAX);
static_assert((int)RTM_TABLE_A_NAME == (int)RTM_ROUTE_A_TABLE);

/* One to 31 graphic ASCII bytes, and one NUL at the end. */
static int rtm_parse_name(const struct nlattr *nla, char *name,
			  struct netlink_ext_ack *extack)
{
	const u8 *text = nla_data(nla);
	int len = nla_len(nla) - 1;
	int i;

	for (i = 0; i < len; i++)
		if (text[i] < 0x21 || text[i] > 0x7e)
			break;
	if (len < 1 || i < len || text[len]) {
		NL_SET_ERR_MSG_ATTR(extack, nla,
				    "name is not 1 to 31 graphic characters");
		return -EINVAL;
	}
	memset(name, 0, RTM_NAME_MAX + 1);
	memcpy(name, text, len);
	return 0;
}

/* An address of either family, with all of its bits. */
static int rtm_parse_addr(const struct nlattr *nla, struct rtm_prefix *p,
			  struct netlink_ext_ack *extack)
{
	__be64 addr[2] = {};

	switch (nla_len(nla)) {
	case 4:
		p->family = RTM_INET;
		break;
	case 16:
		p->family = RTM_INET6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, nla,
				    "address has neither 4 nor 16 bytes");
		return -EINVAL;
	}
	memcpy(addr, nla_data(nla), nla_len(nla));
	p->bits[0] = be64_to_cpu(addr[0]);
	p->bits[1] = be64_to_cpu(addr[1]);
	p->len = 8 * nla_len(nla);
	return 0;
}

static int rtm_parse_dst(const struct nlattr *nla, struct rtm_prefix *p,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RTM_PREFIX_A_MAX + 1];
	u8 len;
	int err;

	err = nla_parse_nested(tb, RTM_PREFIX_A_MAX, nla, rtm_prefix_policy,
			       extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, nla, tb, RTM_PREFIX_A_ADDR) ||
	    NL_REQ_ATTR_CHECK(extack, nla, tb, RTM_PREFIX_A_LEN)) {
		NL_SET_ERR_MSG(extack, "prefix needs an address and a length");
		return -EINVAL;
	}
	err = rtm_parse_addr(tb[RTM_PREFIX_A_ADDR], p, extack);
	if (err)
		return err;

	len = nla_get_u8(tb[RTM_PREFIX_A_LEN]);
	if (len > p->len) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RTM_PREFIX_A_LEN],
				    "prefix is longer than its address");
		return -EINVAL;
	}
	p->len = len;
	if (rtm_prefix_has_host_bits(p)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RTM_PREFIX_A_ADDR],
				    "bits beyond the prefix length are set");
		return -EINVAL;
	}
	return 0;
}

static int rtm_parse_gateway(const struct nlattr *nla, u8 family,
			     struct rtm_nexthop *hop,
			     struct netlink_ext_ack *extack)
{
	struct rtm_prefix addr;
	int err;

	err = rtm_parse_addr(nla, &addr, extack);
	if (err)
		return err;
	if (addr.family != family) {
		NL_SET_ERR_MSG_ATTR(extack, nla,
				    "gateway is not of the route's family");
		return -EINVAL;
	}
	hop->gateway_len = nla_len(nla);
	memcpy(hop->gateway, nla_data(nla), nla_len(nla));
	return 0;
}

static int rtm_parse_nexthop(const struct nlattr *nla, u8 family,
			     struct rtm_nexthop *hop,
			     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RTM_NEXTHOP_A_MAX + 1];
	int err;

	memset(hop, 0, sizeof(*hop));
	err = nla_parse_nested(tb, RTM_NEXTHOP_A_MAX, nla, rtm_nexthop_policy,
			       extack);
	if (err)
		return err;
	if (!tb[RTM_NEXTHOP_A_GATEWAY] && !tb[RTM_NEXTHOP_A_OIF]) {
		NL_SET_ERR_ATTR_MISS(extack, nla, RTM_NEXTHOP_A_GATEWAY);
		NL_SET_ERR_MSG(extack,
			       "next hop needs a gateway or an interface");
		return -EINVAL;
	}
	if (tb[RTM_NEXTHOP_A_GATEWAY]) {
		err = rtm_parse_gateway(tb[RTM_NEXTHOP_A_GATEWAY], family, hop,
					extack);
		if (err)
			return err;
	}
	if (tb[RTM_NEXTHOP_A_OIF]) {
		err = rtm_parse_name(tb[RTM_NEXTHOP_A_OIF], hop->oif, extack);
		if (err)
			return err;
	}
	hop->weight = 1;
	if (tb[RTM_NEXTHOP_A_WEIGHT])
		hop->weight = nla_get_u8(tb[RTM_NEXTHOP_A_WEIGHT]);
	return 0;
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

/*
 * Too many next hops are refused later, when it is known whether the route is
 * there; until then they need be no more than correct.
 */
static int rtm_parse_nexthops(const struct rtm_request *req,
			      struct rtm_args *args)
{
	struct rtm_route *route = args->route;
	const struct nlattr *nla;
	struct rtm_nexthop hop;
	unsigned int i = 0;
	int rem, err;

	nlmsg_for_each_attr(nla, req->nlh, 0, rem) {
		if (nla_type(nla) != RTM_ROUTE_A_NEXTHOP)
			continue;
		err = rtm_parse_nexthop(nla, args->dst.family, &hop,
					req->extack);
		if (err)
			return err;
		if (rtm_route_has_hop(route, &hop, i)) {
			NL_SET_ERR_MSG_ATTR(req->extack, nla,
					    "next hop comes twice");
			return -EINVAL;
		}
		if (i < route->n_hops)
			route->hops[i++] = hop;
	}
	return 0;
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

static int rtm_parse(const struct rtm_request *req, struct rtm_args *args,
		     int max, const struct nla_policy *policy)
{
	return nlmsg_parse(req->nlh, 0, args->tb, max, policy, req->extack);
}

/* Names a table, as all requests but dumps must. */
static int rtm_parse_named(const struct rtm_request *req,
			   struct rtm_args *args, int max,
			   const struct nla_policy *policy)
{
	int err;

	err = rtm_parse(req, args, max, policy);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(req->extack, NULL, args->tb, RTM_TABLE_A_NAME)) {
		NL_SET_ERR_MSG(req->extack, "name of the table is missing");
		return -EINVAL;
	}
	return rtm_parse_name(args->tb[RTM_TABLE_A_NAME], args->table,
			      req->extack);
}

/* ... and a destination. */
static int rtm_parse_routed(const struct rtm_request *req,
			    struct rtm_args *args,
			    const struct nla_policy *policy)
{
	int err;

	err = rtm_parse_named(req, args, RTM_ROUTE_A_MAX, policy);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(req->extack, NULL, args->tb, RTM_ROUTE_A_DST)) {
		NL_SET_ERR_MSG(req->extack, "destination is missing");
		return -EINVAL;
	}
	return rtm_parse_dst(args->tb[RTM_ROUTE_A_DST], &args->dst,
			     req->extack);
}

/**
 * rtm_parse_table - parse TABLE_NEW, TABLE_DEL, TABLE_CLEAR or TABLE_GET
 * @req: request
 * @args: its attributes
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_table(const struct rtm_request *req, struct rtm_args *args)
{
	const struct nla_policy *policy = rtm_table_get_policy;

	switch (req->nlh->nlmsg_type) {
	case RTM_TABLE_NEW:
		policy = rtm_table_new_policy;
		break;
	case RTM_TABLE_DEL:
		policy = rtm_table_del_policy;
		break;
	case RTM_TABLE_CLEAR:
		policy = rtm_table_clear_policy;
		break;
	}
	return rtm_parse_named(req, args, RTM_TABLE_A_MAX, policy);
}

/**
 * rtm_parse_route_new - parse ROUTE_NEW
 * @req: request
 * @args: its attributes, which rtm_args_release() releases, also on failure
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_route_new(const struct rtm_request *req, struct rtm_args *args)
{
	int err;

	args->route = NULL;
	err = rtm_parse_routed(req, args, rtm_route_new_policy);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(req->extack, NULL, args->tb,
			      RTM_ROUTE_A_NEXTHOP)) {
		NL_SET_ERR_MSG(req->extack, "next hop is missing");
		return -EINVAL;
	}

	args->n_hops = rtm_count_nexthops(req->nlh);
	args->route = rtm_route_alloc(min_t(unsigned int, args->n_hops,
					    RTM_NEXTHOPS_MAX));
	if (!args->route)
		return -ENOMEM;
	if (args->tb[RTM_ROUTE_A_METRIC])
		args->route->metric = nla_get_u32(args->tb[RTM_ROUTE_A_METRIC]);
	return rtm_parse_nexthops(req, args);
}

/**
 * rtm_args_release - free what attributes hold
 * @args: attributes of a ROUTE_NEW
 */
void rtm_args_release(struct rtm_args *args)
{
	rtm_route_free(args->route);
}

/**
 * rtm_parse_route_del - parse ROUTE_DEL
 * @req: request
 * @args: its attributes
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_route_del(const struct rtm_request *req, struct rtm_args *args)
{
	return rtm_parse_routed(req, args, rtm_route_del_policy);
}

/**
 * rtm_parse_route_get - parse ROUTE_GET that is no dump
 * @req: request
 * @args: its attributes; the destination or the address is in dst
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_route_get(const struct rtm_request *req, struct rtm_args *args)
{
	const struct nlattr *dst, *lookup;
	int err;

	err = rtm_parse_named(req, args, RTM_ROUTE_A_MAX, rtm_route_get_policy);
	if (err)
		return err;

	dst = args->tb[RTM_ROUTE_A_DST];
	lookup = args->tb[RTM_ROUTE_A_LOOKUP];
	if (dst && lookup) {
		NL_SET_ERR_MSG_ATTR(req->extack, lookup,
				    "either a destination or an address");
		return -EINVAL;
	}
	if (dst)
		return rtm_parse_dst(dst, &args->dst, req->extack);
	if (lookup)
		return rtm_parse_addr(lookup, &args->dst, req->extack);
	NL_SET_ERR_ATTR_MISS(req->extack, NULL, RTM_ROUTE_A_LOOKUP);
	NL_SET_ERR_MSG(req->extack, "destination or address is missing");
	return -EINVAL;
}

static int rtm_refuse_in_dump(const struct rtm_request *req,
			      const struct nlattr *nla)
{
	if (!nla)
		return 0;
	NL_SET_ERR_MSG_ATTR(req->extack, nla, "not in a dump");
	return -EINVAL;
}

/**
 * rtm_parse_table_dump - parse TABLE_GET that is a dump
 * @req: request
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_table_dump(const struct rtm_request *req)
{
	struct rtm_args args;
	int err;

	err = rtm_parse(req, &args, RTM_TABLE_A_MAX, rtm_table_get_policy);
	return err ?: rtm_refuse_in_dump(req, args.tb[RTM_TABLE_A_NAME]);
}

/**
 * rtm_parse_route_dump - parse ROUTE_GET that is a dump
 * @req: request
 * @args: its attributes
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_route_dump(const struct rtm_request *req, struct rtm_args *args)
{
	int err;

	err = rtm_parse(req, args, RTM_ROUTE_A_MAX, rtm_route_get_policy);
	if (err)
		return err;
	err = rtm_refuse_in_dump(req, args->tb[RTM_ROUTE_A_DST]) ?:
	      rtm_refuse_in_dump(req, args->tb[RTM_ROUTE_A_LOOKUP]);
	if (err || !args->tb[RTM_ROUTE_A_TABLE])
		return err;
	return rtm_parse_name(args->tb[RTM_ROUTE_A_TABLE], args->table,
			      req->extack);
}

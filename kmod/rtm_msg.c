// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of requests. The policies have seen to types and sizes; here is
 * what they cannot say.
 */

#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <net/netlink.h>

#include "generated/rtm_policy.h"
#include "nl_rcv.h"
#include "rtm.h"

/* What names a table is the same in both families of messages. */
static_assert((int)RTM_TABLE_A_MAX <= (int)RTM_ROUTE_A_MAX);
static_assert((int)RTM_TABLE_A_NAME == (int)RTM_ROUTE_A_TABLE);

/* Graphic ASCII bytes, at least one, and one NUL at the end. */
static int rtm_parse_name(const struct nlattr *nla, char *name,
			  struct netlink_ext_ack *extack)
{
	const u8 *text = nla_data(nla);
	int len = nla_len(nla) - 1;
	int i;

	for (i = 0; i < len; i++)
		if (!isascii(text[i]) || !isgraph(text[i]))
			break;
	if (len < 1 || i < len || text[len]) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "name is not 1 to "
				    __stringify(RTM_NAME_MAX)
				    " graphic ASCII characters and one NUL");
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
	case sizeof(struct in_addr):
		p->family = RTM_INET;
		break;
	case sizeof(struct in6_addr):
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
	p->len = BITS_PER_BYTE * nla_len(nla);
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
	if (NL_REQ_ATTR_CHECK(extack, nla, tb, RTM_PREFIX_A_ADDR)) {
		NL_SET_ERR_MSG(extack, "address of the prefix is missing");
		return -EINVAL;
	}
	if (NL_REQ_ATTR_CHECK(extack, nla, tb, RTM_PREFIX_A_LEN)) {
		NL_SET_ERR_MSG(extack, "length of the prefix is missing");
		return -EINVAL;
	}
	err = rtm_parse_addr(tb[RTM_PREFIX_A_ADDR], p, extack);
	if (err)
		return err;

	len = nla_get_u8(tb[RTM_PREFIX_A_LEN]);
	if (len > p->len) {
		nl_rcv_err_attr(extack, tb[RTM_PREFIX_A_LEN],
				"prefix length %u is over %u", len, p->len);
		return -EINVAL;
	}
	p->len = len;
	if (rtm_prefix_has_host_bits(p)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RTM_PREFIX_A_ADDR],
				    "address has bits beyond the prefix length");
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
				    "gateway is not of the destination's family");
		return -EINVAL;
	}
	hop->gateway_len = nla_len(nla);
	memcpy(hop->gateway, nla_data(nla), nla_len(nla));
	return 0;
}

/**
 * rtm_parse_nexthop - parse a next hop
 * @nla: nest of a gateway, an interface, or both
 * @family: of the destination, of &enum rtm_family
 * @hop: next hop
 * @extack: why it is none
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_nexthop(const struct nlattr *nla, u8 family,
		      struct rtm_nexthop *hop, struct netlink_ext_ack *extack)
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
	hop->weight = RTM_WEIGHT_DEFAULT;
	if (tb[RTM_NEXTHOP_A_WEIGHT])
		hop->weight = nla_get_u8(tb[RTM_NEXTHOP_A_WEIGHT]);
	return 0;
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
	err = rtm_parse_nexthops(req, args);
	if (err)
		return err;
	if (args->tb[RTM_ROUTE_A_METRIC])
		args->route->metric = nla_get_u32(args->tb[RTM_ROUTE_A_METRIC]);
	return 0;
}

/* As `ip route` prints it; an address to look up without its length. */
static void rtm_print_dst(const struct rtm_args *args, char *text, size_t size)
{
	const struct rtm_prefix *p = &args->dst;
	__be64 addr[2] = { cpu_to_be64(p->bits[0]), cpu_to_be64(p->bits[1]) };
	int len;

	if (p->family == RTM_INET)
		len = scnprintf(text, size, "%pI4", addr);
	else
		len = scnprintf(text, size, "%pI6c", addr);
	if (args->tb[RTM_ROUTE_A_DST])
		scnprintf(text + len, size - len, "/%u", p->len);
}

/**
 * rtm_refuse_dst - refuse a request because of its destination
 * @req: request
 * @args: its attributes; a destination, or an address to look up
 * @err: error
 * @what: what is wrong, before the destination
 * @more: the same behind it
 *
 * Return: @err.
 */
int rtm_refuse_dst(const struct rtm_request *req, const struct rtm_args *args,
		   int err, const char *what, const char *more)
{
	char text[INET6_ADDRSTRLEN + sizeof("/128")];

	rtm_print_dst(args, text, sizeof(text));
	nl_rcv_err_attr(req->extack, args->tb[RTM_ROUTE_A_DST] ?:
			args->tb[RTM_ROUTE_A_LOOKUP],
			"%s %s%s", what, text, more);
	return err;
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
				    "destination and address exclude each other");
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
	NL_SET_ERR_MSG_ATTR(req->extack, nla, "not allowed in a dump");
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

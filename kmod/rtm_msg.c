// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of requests. The policies have checked types and sizes; this file
 * checks what a policy cannot express.
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

/* Messages about tables and about routes name the table alike. */
static_assert((int)RTM_TABLE_A_MAX <= (int)RTM_ROUTE_A_MAX);
static_assert((int)RTM_TABLE_A_NAME == (int)RTM_ROUTE_A_TABLE);

/*
 * Graphic ASCII bytes, at least one, and then NULs alone, at least one: both
 * the shortest form and a field of fixed size that is filled with zeros.
 */
static int rtm_parse_name(const struct nlattr *nla, char *name,
			  struct netlink_ext_ack *extack)
{
	const char *text = nla_data(nla);
	int size = nla_len(nla);
	int len = 0;

	while (len < size && isascii(text[len]) && isgraph(text[len]))
		len++;
	if (!len || len == size || memchr_inv(text + len, 0, size - len)) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "name is not 1 to "
				    __stringify(RTM_NAME_MAX)
				    " graphic ASCII characters, then NULs");
		return -EINVAL;
	}
	strscpy_pad(name, text, RTM_NAME_MAX + 1);
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
 * @extack: gets the reason of a refusal
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

/* Each type of request has a policy of its own. */
static int rtm_parse_attrs(const struct rtm_request *req,
			   struct rtm_args *args)
{
	static const struct nla_policy * const policies[] = {
		[RTM_TABLE_NEW] = rtm_table_new_policy,
		[RTM_TABLE_DEL] = rtm_table_del_policy,
		[RTM_TABLE_GET] = rtm_table_get_policy,
		[RTM_TABLE_CLEAR] = rtm_table_clear_policy,
		[RTM_ROUTE_NEW] = rtm_route_new_policy,
		[RTM_ROUTE_DEL] = rtm_route_del_policy,
		[RTM_ROUTE_GET] = rtm_route_get_policy,
	};
	u16 type = req->nlh->nlmsg_type;
	int max = type < RTM_ROUTE_NEW ? RTM_TABLE_A_MAX : RTM_ROUTE_A_MAX;

	return nlmsg_parse(req->nlh, 0, args->tb, max, policies[type],
			   req->extack);
}

static int rtm_parse_route_new(const struct rtm_request *req,
			       struct rtm_args *args)
{
	int err;

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

/* A route is asked for by its destination, or by an address. */
static int rtm_parse_wanted(const struct rtm_request *req,
			    struct rtm_args *args)
{
	const struct nlattr *lookup = args->tb[RTM_ROUTE_A_LOOKUP];
	const struct nlattr *dst = args->tb[RTM_ROUTE_A_DST];

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

static int rtm_parse_route(const struct rtm_request *req, struct rtm_args *args)
{
	int err;

	if (req->nlh->nlmsg_type == RTM_ROUTE_GET)
		return rtm_parse_wanted(req, args);

	if (NL_REQ_ATTR_CHECK(req->extack, NULL, args->tb, RTM_ROUTE_A_DST)) {
		NL_SET_ERR_MSG(req->extack, "destination is missing");
		return -EINVAL;
	}
	err = rtm_parse_dst(args->tb[RTM_ROUTE_A_DST], &args->dst, req->extack);
	if (err || req->nlh->nlmsg_type == RTM_ROUTE_DEL)
		return err;
	return rtm_parse_route_new(req, args);
}

/**
 * rtm_parse - parse any request that is not a dump
 * @req: request
 * @args: gets its attributes; zeros until then. rtm_route_free() frees the
 *	route in it, also on failure
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse(const struct rtm_request *req, struct rtm_args *args)
{
	int err;

	err = rtm_parse_attrs(req, args);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(req->extack, NULL, args->tb, RTM_TABLE_A_NAME)) {
		NL_SET_ERR_MSG(req->extack, "name of the table is missing");
		return -EINVAL;
	}
	err = rtm_parse_name(args->tb[RTM_TABLE_A_NAME], args->table,
			     req->extack);
	if (err || req->nlh->nlmsg_type < RTM_ROUTE_NEW)
		return err;
	return rtm_parse_route(req, args);
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
 * rtm_parse_filter - parse TABLE_GET or ROUTE_GET that is a dump
 * @req: request
 * @args: gets its attributes; zeros until then
 *
 * Return: 0 or the error for the requester.
 */
int rtm_parse_filter(const struct rtm_request *req, struct rtm_args *args)
{
	int err;

	err = rtm_parse_attrs(req, args);
	if (err)
		return err;
	if (req->nlh->nlmsg_type == RTM_TABLE_GET)
		return rtm_refuse_in_dump(req, args->tb[RTM_TABLE_A_NAME]);
	err = rtm_refuse_in_dump(req, args->tb[RTM_ROUTE_A_DST]) ?:
	      rtm_refuse_in_dump(req, args->tb[RTM_ROUTE_A_LOOKUP]);
	if (err || !args->tb[RTM_ROUTE_A_TABLE])
		return err;
	return rtm_parse_name(args->tb[RTM_ROUTE_A_TABLE], args->table,
			      req->extack);
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

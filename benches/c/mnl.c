// SPDX-License-Identifier: MIT OR Apache-2.0
/* The same jobs with libmnl, as its examples do them: attribute callbacks, each attribute validated. */
#include <libmnl/libmnl.h>

#include "checked.h"

/* Runs `read` for each message of `type`; -1 for damaged bytes. */
static int each(const uint8_t *at, size_t len, uint16_t type, int (*read)(const struct nlmsghdr *, void *), void *data)
{
	const struct nlmsghdr *message = (const void *)at;
	int left = len;

	for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
		if (message->nlmsg_type == type && read(message, data) != MNL_CB_OK)
			return -1;
	return left ? -1 : 0;
}

struct walking {
	struct walk sum;
	size_t family;
};

static int walk_attr(const struct nlattr *attr, void *data)
{
	struct walk *sum = data;

	sum->attributes++;
	sum->types += mnl_attr_get_type(attr);
	sum->lengths += mnl_attr_get_payload_len(attr);
	return MNL_CB_OK;
}

static int walk_message(const struct nlmsghdr *message, void *data)
{
	struct walking *walking = data;

	walking->sum.messages++;
	return mnl_attr_parse(message, walking->family, walk_attr, &walking->sum);
}

int mnl_walk(const uint8_t *at, size_t len, uint16_t type, size_t family, struct walk *out)
{
	struct walking walking = { .family = family };
	int status = each(at, len, type, walk_message, &walking);

	*out = walking.sum;
	return status;
}

static int route_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;
	uint16_t type = mnl_attr_get_type(attr);

	if (mnl_attr_type_valid(attr, RTA_MAX) < 0)
		return MNL_CB_OK;
	switch (type) {
	case RTA_DST:
	case RTA_GATEWAY:
	case RTA_OIF:
	case RTA_TABLE:
	case RTA_PRIORITY:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
			return MNL_CB_ERROR;
		break;
	}
	tb[type] = attr;
	return MNL_CB_OK;
}

static uint32_t u32_of(const struct nlattr *attr)
{
	return attr ? mnl_attr_get_u32(attr) : 0;
}

static uint64_t text_of(const struct nlattr *attr)
{
	return attr ? text(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr)) : 0;
}

static int route_message(const struct nlmsghdr *message, void *data)
{
	struct nlattr *tb[RTA_MAX + 1] = { 0 };
	struct routes *sum = data;

	if (mnl_attr_parse(message, sizeof(struct rtmsg), route_attr, tb) != MNL_CB_OK)
		return MNL_CB_ERROR;
	sum->messages++;
	sum->dst += u32_of(tb[RTA_DST]);
	sum->gateway += u32_of(tb[RTA_GATEWAY]);
	sum->oif += u32_of(tb[RTA_OIF]);
	sum->table += u32_of(tb[RTA_TABLE]);
	sum->priority += u32_of(tb[RTA_PRIORITY]);
	return MNL_CB_OK;
}

int mnl_routes(const uint8_t *at, size_t len, struct routes *out)
{
	return each(at, len, RTM_NEWROUTE, route_message, out);
}

static int link_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;
	uint16_t type = mnl_attr_get_type(attr);
	int valid = 0;

	if (mnl_attr_type_valid(attr, IFLA_MAX) < 0)
		return MNL_CB_OK;
	switch (type) {
	case IFLA_IFNAME:
	case IFLA_QDISC:
		valid = mnl_attr_validate(attr, MNL_TYPE_STRING);
		break;
	case IFLA_MTU:
	case IFLA_TXQLEN:
		valid = mnl_attr_validate(attr, MNL_TYPE_U32);
		break;
	case IFLA_OPERSTATE:
		valid = mnl_attr_validate(attr, MNL_TYPE_U8);
		break;
	case IFLA_ADDRESS:
		valid = mnl_attr_get_payload_len(attr) == 6 ? 0 : -1;
		break;
	case IFLA_LINKINFO:
		valid = mnl_attr_validate(attr, MNL_TYPE_NESTED);
		break;
	}
	if (valid < 0)
		return MNL_CB_ERROR;
	tb[type] = attr;
	return MNL_CB_OK;
}

static int info_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;

	if (mnl_attr_type_valid(attr, IFLA_INFO_MAX) < 0)
		return MNL_CB_OK;
	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND && mnl_attr_validate(attr, MNL_TYPE_STRING) < 0)
		return MNL_CB_ERROR;
	tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static int link_message(const struct nlmsghdr *message, void *data)
{
	struct nlattr *tb[IFLA_MAX + 1] = { 0 }, *info[IFLA_INFO_MAX + 1] = { 0 };
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct links *sum = data;

	if (mnl_attr_parse(message, sizeof(*header), link_attr, tb) != MNL_CB_OK)
		return MNL_CB_ERROR;
	if (tb[IFLA_LINKINFO] && mnl_attr_parse_nested(tb[IFLA_LINKINFO], info_attr, info) != MNL_CB_OK)
		return MNL_CB_ERROR;
	sum->messages++;
	sum->index += (uint32_t)header->ifi_index;
	sum->flags += header->ifi_flags;
	sum->name += text_of(tb[IFLA_IFNAME]);
	sum->mtu += u32_of(tb[IFLA_MTU]);
	if (tb[IFLA_ADDRESS]) {
		const uint8_t *mac = mnl_attr_get_payload(tb[IFLA_ADDRESS]);

		sum->address += load32(mac) | (uint64_t)load16(mac + 4) << 32;
	}
	sum->operstate += tb[IFLA_OPERSTATE] ? mnl_attr_get_u8(tb[IFLA_OPERSTATE]) : 0;
	sum->txqlen += u32_of(tb[IFLA_TXQLEN]);
	sum->qdisc += text_of(tb[IFLA_QDISC]);
	sum->kind += text_of(info[IFLA_INFO_KIND]);
	return MNL_CB_OK;
}

int mnl_links(const uint8_t *at, size_t len, struct links *out)
{
	return each(at, len, RTM_NEWLINK, link_message, out);
}

static int family_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;
	uint16_t type = mnl_attr_get_type(attr);
	int valid = 0;

	if (mnl_attr_type_valid(attr, CTRL_ATTR_MAX) < 0)
		return MNL_CB_OK;
	switch (type) {
	case CTRL_ATTR_FAMILY_ID:
		valid = mnl_attr_validate(attr, MNL_TYPE_U16);
		break;
	case CTRL_ATTR_FAMILY_NAME:
		valid = mnl_attr_validate(attr, MNL_TYPE_STRING);
		break;
	case CTRL_ATTR_VERSION:
	case CTRL_ATTR_HDRSIZE:
	case CTRL_ATTR_MAXATTR:
		valid = mnl_attr_validate(attr, MNL_TYPE_U32);
		break;
	case CTRL_ATTR_OPS:
	case CTRL_ATTR_MCAST_GROUPS:
		valid = mnl_attr_validate(attr, MNL_TYPE_NESTED);
		break;
	}
	if (valid < 0)
		return MNL_CB_ERROR;
	tb[type] = attr;
	return MNL_CB_OK;
}

/* Operations and groups both have two attributes: ids and flags, names and ids. */
static int entry_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;

	if (mnl_attr_type_valid(attr, 2) < 0)
		return MNL_CB_OK;
	tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static int family_message(const struct nlmsghdr *message, void *data)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1] = { 0 };
	struct families *sum = data;
	const struct nlattr *entry;

	if (mnl_attr_parse(message, GENL_HDRLEN, family_attr, tb) != MNL_CB_OK)
		return MNL_CB_ERROR;
	sum->messages++;
	sum->id += tb[CTRL_ATTR_FAMILY_ID] ? mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]) : 0;
	sum->name += text_of(tb[CTRL_ATTR_FAMILY_NAME]);
	sum->version += u32_of(tb[CTRL_ATTR_VERSION]);
	sum->hdrsize += u32_of(tb[CTRL_ATTR_HDRSIZE]);
	sum->maxattr += u32_of(tb[CTRL_ATTR_MAXATTR]);
	if (tb[CTRL_ATTR_OPS])
		mnl_attr_for_each_nested(entry, tb[CTRL_ATTR_OPS]) {
			struct nlattr *op[3] = { 0 };

			if (mnl_attr_parse_nested(entry, entry_attr, op) != MNL_CB_OK)
				return MNL_CB_ERROR;
			sum->ops++;
			sum->op_ids += u32_of(op[CTRL_ATTR_OP_ID]);
			sum->op_flags += u32_of(op[CTRL_ATTR_OP_FLAGS]);
		}
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		mnl_attr_for_each_nested(entry, tb[CTRL_ATTR_MCAST_GROUPS]) {
			struct nlattr *group[3] = { 0 };

			if (mnl_attr_parse_nested(entry, entry_attr, group) != MNL_CB_OK)
				return MNL_CB_ERROR;
			sum->groups++;
			sum->group_ids += u32_of(group[CTRL_ATTR_MCAST_GRP_ID]);
			sum->group_names += text_of(group[CTRL_ATTR_MCAST_GRP_NAME]);
		}
	return MNL_CB_OK;
}

int mnl_families(const uint8_t *at, size_t len, struct families *out)
{
	return each(at, len, GENL_ID_CTRL, family_message, out);
}

int64_t mnl_emit(uint8_t *buffer, size_t capacity, const struct request *requests, size_t count)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		const struct request *request = &requests[i];
		struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
		struct rtmsg *route;

		message->nlmsg_type = RTM_NEWROUTE;
		message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
		message->nlmsg_seq = request->seq;
		route = mnl_nlmsg_put_extra_header(message, sizeof(*route));
		route->rtm_family = 2;
		route->rtm_dst_len = request->dst_len;
		route->rtm_protocol = RTPROT_STATIC;
		route->rtm_type = RTN_UNICAST;
		if (!mnl_attr_put_u32_check(message, capacity, RTA_DST, request->dst) ||
		    !mnl_attr_put_u32_check(message, capacity, RTA_GATEWAY, request->gateway) ||
		    !mnl_attr_put_u32_check(message, capacity, RTA_OIF, request->oif) ||
		    !mnl_attr_put_u32_check(message, capacity, RTA_TABLE, request->table) ||
		    !mnl_attr_put_u32_check(message, capacity, RTA_PRIORITY, request->priority))
			return -1;
		total += message->nlmsg_len;
		__asm__ volatile("" : : "r"(buffer) : "memory");
	}
	return total;
}

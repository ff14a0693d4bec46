// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The same results with a prediction that is always verified. The walk expects attributes of 8 bytes, so that the
 * next address does not wait for the length. The typed loops remember layouts: if all attribute headers of one are
 * found again at the same places, the fields are where they were. Of links, which are all alike, they remember one
 * layout; of routes several, each under a number made of its length and of two of its types.
 */
#include "checked.h"

#define HEADS 64

int predicted_walk(const uint8_t *at, size_t len, uint16_t type, size_t family, struct walk *out)
{
	struct bytes rest = { at, len }, attrs;
	struct walk sum = { 0 };
	const uint8_t *message;
	struct attr attr;
	int more, left;

	while ((more = next_message(&rest, type, family, &message, &attrs)) > 0) {
		sum.messages++;
		while ((left = next_attr_predicted(&attrs, &attr)) > 0) {
			sum.attributes++;
			sum.types += attr.type;
			sum.lengths += attr.len;
		}
		if (left < 0)
			return -1;
	}
	*out = sum;
	return more;
}

struct shape {
	size_t len, count;
	uint32_t head[HEADS];
	uint16_t at[HEADS];
};

/* Whether the area has the same attributes, types and lengths, at the same places. */
static inline int same_shape(const struct shape *shape, const struct bytes *attrs)
{
	uint32_t differ = 0;

	if (attrs->left != shape->len)
		return 0;
	for (size_t i = 0; i < shape->count; i++)
		differ |= load32(attrs->at + shape->at[i]) ^ shape->head[i];
	return !differ;
}

/* Notes one attribute; an area with more than fit is never recognised. */
static inline void learn(struct shape *shape, const struct bytes *attrs, const struct attr *attr)
{
	const uint8_t *head = attr->payload - NLA_HDRLEN;

	if (shape->count < HEADS) {
		shape->at[shape->count] = head - attrs->at;
		shape->head[shape->count] = load32(head);
		shape->count++;
	} else {
		shape->len = SIZE_MAX;
	}
}

/* Where a payload is in its area; `len` is 0 where the attribute is absent. */
struct field {
	size_t at, len;
};

static inline uint32_t field32(const uint8_t *area, struct field field)
{
	return field.len ? load32(area + field.at) : 0;
}

struct route_fields {
	struct field dst, gateway, oif, table, priority;
};

static int route_fields(struct bytes attrs, struct shape *shape, struct route_fields *fields)
{
	const struct bytes area = attrs;
	struct attr attr;
	int left;

	*fields = (struct route_fields){ 0 };
	shape->len = area.left;
	shape->count = 0;
	while ((left = next_attr(&attrs, &attr)) > 0) {
		struct field *field = NULL;

		learn(shape, &area, &attr);
		switch (attr.type) {
		case RTA_DST:
			field = &fields->dst;
			break;
		case RTA_GATEWAY:
			field = &fields->gateway;
			break;
		case RTA_OIF:
			field = &fields->oif;
			break;
		case RTA_TABLE:
			field = &fields->table;
			break;
		case RTA_PRIORITY:
			field = &fields->priority;
			break;
		}
		if (field && attr.len != 4)
			return -1;
		if (field)
			*field = (struct field){ attr.payload - area.at, attr.len };
	}
	return left;
}

#define SHAPES 64

/* Where to remember the layout of an area. */
static inline size_t slot(const struct bytes *attrs)
{
	size_t types = attrs->left < 32 ? 0 : attrs->at[18] + 5 * attrs->at[26];

	return (attrs->left / 4 + 11 * types) % SHAPES;
}

int predicted_routes(const uint8_t *at, size_t len, struct routes *out)
{
	struct bytes rest = { at, len }, attrs;
	struct shape shapes[SHAPES];
	struct route_fields all_fields[SHAPES];
	const uint8_t *message;
	struct routes sum = { 0 };
	int more;

	for (size_t i = 0; i < SHAPES; i++)
		shapes[i].len = SIZE_MAX;
	while ((more = next_message(&rest, RTM_NEWROUTE, 12, &message, &attrs)) > 0) {
		struct shape *shape = &shapes[slot(&attrs)];
		struct route_fields *fields = &all_fields[shape - shapes];

		if (!same_shape(shape, &attrs) && route_fields(attrs, shape, fields) < 0)
			return -1;
		sum.messages++;
		sum.dst += field32(attrs.at, fields->dst);
		sum.gateway += field32(attrs.at, fields->gateway);
		sum.oif += field32(attrs.at, fields->oif);
		sum.table += field32(attrs.at, fields->table);
		sum.priority += field32(attrs.at, fields->priority);
	}
	*out = sum;
	return more;
}

struct link_fields {
	struct field name, mtu, address, operstate, txqlen, qdisc, info;
};

static int link_kind(struct bytes rest, uint64_t *kind)
{
	struct attr attr;
	int left;

	*kind = 0;
	while ((left = next_attr(&rest, &attr)) > 0)
		if (attr.type == IFLA_INFO_KIND)
			*kind = text(attr.payload, attr.len);
	return left;
}

static int link_fields(struct bytes attrs, struct shape *shape, struct link_fields *fields)
{
	const struct bytes area = attrs;
	struct attr attr;
	int left;

	*fields = (struct link_fields){ 0 };
	shape->len = area.left;
	shape->count = 0;
	while ((left = next_attr(&attrs, &attr)) > 0) {
		struct field found = { attr.payload - area.at, attr.len };
		size_t want = attr.len;
		uint64_t kind;

		learn(shape, &area, &attr);
		switch (attr.type) {
		case IFLA_IFNAME:
			fields->name = found;
			break;
		case IFLA_MTU:
			fields->mtu = found;
			want = 4;
			break;
		case IFLA_ADDRESS:
			fields->address = found;
			want = 6;
			break;
		case IFLA_OPERSTATE:
			fields->operstate = found;
			want = 1;
			break;
		case IFLA_TXQLEN:
			fields->txqlen = found;
			want = 4;
			break;
		case IFLA_QDISC:
			fields->qdisc = found;
			break;
		case IFLA_LINKINFO:
			/* Of two, both are checked and the last one counts: not a layout to remember. */
			if (fields->info.len)
				shape->len = SIZE_MAX;
			if (link_kind((struct bytes){ attr.payload, attr.len }, &kind))
				return -1;
			fields->info = found;
			break;
		}
		if (attr.len != want)
			return -1;
	}
	return left;
}

int predicted_links(const uint8_t *at, size_t len, struct links *out)
{
	struct bytes rest = { at, len }, attrs;
	struct shape shape = { .len = SIZE_MAX };
	struct link_fields fields = { 0 };
	struct links sum = { 0 };
	const uint8_t *message;
	int more;

	while ((more = next_message(&rest, RTM_NEWLINK, 16, &message, &attrs)) > 0) {
		const uint8_t *area = attrs.at;
		uint64_t kind = 0;

		if (!same_shape(&shape, &attrs) && link_fields(attrs, &shape, &fields) < 0)
			return -1;
		if (link_kind((struct bytes){ area + fields.info.at, fields.info.len }, &kind) < 0)
			return -1;
		sum.messages++;
		sum.index += load32(message + 20);
		sum.flags += load32(message + 24);
		sum.name += text(area + fields.name.at, fields.name.len);
		sum.mtu += field32(area, fields.mtu);
		if (fields.address.len)
			sum.address += load32(area + fields.address.at) |
				       (uint64_t)load16(area + fields.address.at + 4) << 32;
		sum.operstate += fields.operstate.len ? area[fields.operstate.at] : 0;
		sum.txqlen += field32(area, fields.txqlen);
		sum.qdisc += text(area + fields.qdisc.at, fields.qdisc.len);
		sum.kind += kind;
	}
	*out = sum;
	return more;
}

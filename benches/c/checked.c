// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The loops that a careful C programmer writes: nothing is remembered, every length is checked.
 * They return 0, or -1 for damaged bytes, as the contenders in Rust do.
 */
#include "checked.h"

int checked_walk(const uint8_t *at, size_t len, uint16_t type, size_t family, struct walk *out)
{
	struct bytes rest = { at, len }, attrs;
	struct walk sum = { 0 };
	const uint8_t *message;
	struct attr attr;
	int more, left;

	while ((more = next_message(&rest, type, family, &message, &attrs)) > 0) {
		sum.messages++;
		while ((left = next_attr(&attrs, &attr)) > 0) {
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

int checked_routes(const uint8_t *at, size_t len, struct routes *out)
{
	struct bytes rest = { at, len }, attrs;
	struct routes sum = { 0 };
	const uint8_t *message;
	struct attr attr;
	int more;

	while ((more = next_message(&rest, RTM_NEWROUTE, 12, &message, &attrs)) > 0) {
		uint32_t dst = 0, gateway = 0, oif = 0, table = 0, priority = 0;

		while (attrs.left) {
			if (is_word(&attrs)) {
				uint16_t type = word_type(&attrs);
				uint32_t value = word(&attrs);

				switch (type) {
				case RTA_DST:
					dst = value;
					break;
				case RTA_GATEWAY:
					gateway = value;
					break;
				case RTA_OIF:
					oif = value;
					break;
				case RTA_TABLE:
					table = value;
					break;
				case RTA_PRIORITY:
					priority = value;
					break;
				}
				continue;
			}
			if (next_attr(&attrs, &attr) < 0)
				return -1;
			switch (attr.type) {
			case RTA_DST:
			case RTA_GATEWAY:
			case RTA_OIF:
			case RTA_TABLE:
			case RTA_PRIORITY:
				return -1;
			}
		}
		sum.messages++;
		sum.dst += dst;
		sum.gateway += gateway;
		sum.oif += oif;
		sum.table += table;
		sum.priority += priority;
	}
	*out = sum;
	return more;
}

/* The kind of link inside IFLA_LINKINFO. */
static inline int link_kind(struct bytes rest, uint64_t *kind)
{
	struct attr attr;
	int left;

	*kind = 0;
	while ((left = next_attr(&rest, &attr)) > 0)
		if (attr.type == IFLA_INFO_KIND)
			*kind = text(attr.payload, attr.len);
	return left;
}

int checked_links(const uint8_t *at, size_t len, struct links *out)
{
	struct bytes rest = { at, len }, attrs;
	struct links sum = { 0 };
	const uint8_t *message;
	struct attr attr;
	int more;

	while ((more = next_message(&rest, RTM_NEWLINK, 16, &message, &attrs)) > 0) {
		uint64_t name = 0, address = 0, qdisc = 0, kind = 0;
		uint32_t mtu = 0, txqlen = 0;
		uint8_t operstate = 0;

		while (attrs.left) {
			if (is_word(&attrs)) {
				switch (word_type(&attrs)) {
				case IFLA_MTU:
					mtu = word(&attrs);
					continue;
				case IFLA_TXQLEN:
					txqlen = word(&attrs);
					continue;
				case IFLA_IFNAME:
				case IFLA_ADDRESS:
				case IFLA_OPERSTATE:
				case IFLA_QDISC:
				case IFLA_LINKINFO:
					break;
				default:
					word(&attrs);
					continue;
				}
			}
			if (next_attr(&attrs, &attr) < 0)
				return -1;
			switch (attr.type) {
			case IFLA_IFNAME:
				name = text(attr.payload, attr.len);
				break;
			case IFLA_ADDRESS:
				if (get_mac(&attr, &address))
					return -1;
				break;
			case IFLA_OPERSTATE:
				if (get8(&attr, &operstate))
					return -1;
				break;
			case IFLA_QDISC:
				qdisc = text(attr.payload, attr.len);
				break;
			case IFLA_LINKINFO:
				if (link_kind((struct bytes){ attr.payload, attr.len }, &kind))
					return -1;
				break;
			case IFLA_MTU:
			case IFLA_TXQLEN:
				return -1;
			}
		}
		sum.messages++;
		sum.index += load32(message + 20);
		sum.flags += load32(message + 24);
		sum.name += name;
		sum.mtu += mtu;
		sum.address += address;
		sum.operstate += operstate;
		sum.txqlen += txqlen;
		sum.qdisc += qdisc;
		sum.kind += kind;
	}
	*out = sum;
	return more;
}

/* Nests that hold a number and a name: as the routes, a message with nothing but them. */
int checked_nests(const uint8_t *at, size_t len, struct nests *out)
{
	struct bytes rest = { at, len }, attrs;
	struct nests sum = { 0 };
	const uint8_t *message;
	struct attr nest, attr;
	int more, left;

	while ((more = next_message(&rest, 40, 0, &message, &attrs)) > 0) {
		while ((left = next_attr(&attrs, &nest)) > 0) {
			struct bytes inside = { nest.payload, nest.len };
			uint64_t name = 0;
			uint32_t id = 0;

			if (nest.type != 1)
				continue;
			while (inside.left) {
				if (is_word(&inside) && word_type(&inside) == 1) {
					id = word(&inside);
					continue;
				}
				if (next_attr(&inside, &attr) < 0)
					return -1;
				if (attr.type == 1)
					return -1;
				if (attr.type == 2)
					name = text(attr.payload, attr.len);
			}
			sum.count++;
			sum.ids += id;
			sum.names += name;
		}
		if (left < 0)
			return -1;
	}
	*out = sum;
	return more;
}

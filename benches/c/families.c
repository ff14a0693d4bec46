// SPDX-License-Identifier: MIT OR Apache-2.0
/* Generic netlink families with their nested arrays, with and without a predicted step: the same code for both. */
#include "checked.h"

static inline int next(int predict, struct bytes *rest, struct attr *attr)
{
	return predict ? next_attr_predicted(rest, attr) : next_attr(rest, attr);
}

/* CTRL_ATTR_OPS: an indexed array of nests. */
static inline int family_ops(int predict, struct bytes rest, struct families *sum)
{
	struct attr entry, attr;
	int more;

	while ((more = next(predict, &rest, &entry)) > 0) {
		struct bytes op = { entry.payload, entry.len };
		uint32_t id = 0, flags = 0;

		while (op.left) {
			if (is_word(&op)) {
				uint16_t type = word_type(&op);
				uint32_t value = word(&op);

				if (type == CTRL_ATTR_OP_ID)
					id = value;
				else if (type == CTRL_ATTR_OP_FLAGS)
					flags = value;
				continue;
			}
			if (next_attr(&op, &attr) < 0)
				return -1;
			if (attr.type == CTRL_ATTR_OP_ID || attr.type == CTRL_ATTR_OP_FLAGS)
				return -1;
		}
		sum->ops++;
		sum->op_ids += id;
		sum->op_flags += flags;
	}
	return more;
}

/* CTRL_ATTR_MCAST_GROUPS: the same with names. */
static inline int family_groups(int predict, struct bytes rest, struct families *sum)
{
	struct attr entry, attr;
	int more, left;

	while ((more = next(predict, &rest, &entry)) > 0) {
		struct bytes group = { entry.payload, entry.len };
		uint64_t name = 0;
		uint32_t id = 0;

		while ((left = next(predict, &group, &attr)) > 0) {
			if (attr.type == CTRL_ATTR_MCAST_GRP_ID && get32(&attr, &id))
				return -1;
			if (attr.type == CTRL_ATTR_MCAST_GRP_NAME)
				name = text(attr.payload, attr.len);
		}
		if (left < 0)
			return -1;
		sum->groups++;
		sum->group_ids += id;
		sum->group_names += name;
	}
	return more;
}

static inline int families(int predict, const uint8_t *at, size_t len, struct families *out)
{
	struct bytes rest = { at, len }, attrs;
	struct families sum = { 0 };
	const uint8_t *message;
	struct attr attr;
	int more, left;

	while ((more = next_message(&rest, GENL_ID_CTRL, 4, &message, &attrs)) > 0) {
		uint32_t version = 0, hdrsize = 0, maxattr = 0;
		uint64_t name = 0;
		uint16_t id = 0;

		while ((left = next(predict, &attrs, &attr)) > 0) {
			struct bytes nest = { attr.payload, attr.len };
			int bad = 0;

			switch (attr.type) {
			case CTRL_ATTR_FAMILY_ID:
				bad = get16(&attr, &id);
				break;
			case CTRL_ATTR_FAMILY_NAME:
				name = text(attr.payload, attr.len);
				break;
			case CTRL_ATTR_VERSION:
				bad = get32(&attr, &version);
				break;
			case CTRL_ATTR_HDRSIZE:
				bad = get32(&attr, &hdrsize);
				break;
			case CTRL_ATTR_MAXATTR:
				bad = get32(&attr, &maxattr);
				break;
			case CTRL_ATTR_OPS:
				bad = family_ops(predict, nest, &sum);
				break;
			case CTRL_ATTR_MCAST_GROUPS:
				bad = family_groups(predict, nest, &sum);
				break;
			}
			if (bad)
				return -1;
		}
		if (left < 0)
			return -1;
		sum.messages++;
		sum.id += id;
		sum.name += name;
		sum.version += version;
		sum.hdrsize += hdrsize;
		sum.maxattr += maxattr;
	}
	*out = sum;
	return more;
}

int checked_families(const uint8_t *at, size_t len, struct families *out)
{
	return families(0, at, len, out);
}

int predicted_families(const uint8_t *at, size_t len, struct families *out)
{
	return families(1, at, len, out);
}

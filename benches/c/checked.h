/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What the loops share: the results, and one attribute or message at a time
 * with every length checked. The results are laid out as in `src/records.rs`.
 */
#ifndef CHECKED_H
#define CHECKED_H

#include <stdint.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

struct walk {
	uint64_t messages, attributes, types, lengths;
};

struct routes {
	uint64_t messages, dst, gateway, oif, table, priority;
};

struct links {
	uint64_t messages, index, flags, name, mtu, address, operstate, txqlen, qdisc, kind;
};

struct families {
	uint64_t messages, id, name, version, hdrsize, maxattr;
	uint64_t ops, op_ids, op_flags, groups, group_ids, group_names;
};

struct nests {
	uint64_t count, ids, names;
};

/* What a nest holds: a number, and a name that ends with a NUL. */
struct named {
	uint32_t id, len;
	char name[40];
};

struct request {
	uint32_t seq, dst, gateway, oif, table, priority;
	uint8_t dst_len;
};

struct bytes {
	const uint8_t *at;
	size_t left;
};

struct attr {
	uint16_t type;
	size_t len;
	const uint8_t *payload;
};

static inline uint16_t load16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint32_t load32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline size_t align4(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

static inline void advance(struct bytes *rest, size_t len)
{
	size_t step = align4(len);

	/* A branch, so that the next address does not wait for a conditional move. */
	if (__builtin_expect(step > rest->left, 0)) {
		rest->left = 0;
		return;
	}
	rest->at += step;
	rest->left -= step;
}

/* 1: there is a message of this type, 0: the end, -1: damaged. `attrs` is what follows the family header. */
static inline int next_message(struct bytes *rest, uint16_t type, size_t family,
			       const uint8_t **message, struct bytes *attrs)
{
	while (rest->left) {
		size_t len;

		if (rest->left < NLMSG_HDRLEN)
			return -1;
		*message = rest->at;
		len = load32(rest->at);
		if (len < NLMSG_HDRLEN || len > rest->left)
			return -1;
		advance(rest, len);
		if (load16(*message + 4) != type)
			continue;
		if (len < NLMSG_HDRLEN + family)
			return -1;
		attrs->at = *message + NLMSG_HDRLEN + family;
		attrs->left = len - NLMSG_HDRLEN - family;
		return 1;
	}
	return 0;
}

/* 1: there is an attribute, 0: the end, -1: damaged. */
static inline int next_attr(struct bytes *rest, struct attr *attr)
{
	size_t len;

	if (!rest->left)
		return 0;
	if (rest->left < NLA_HDRLEN)
		return -1;
	len = load16(rest->at);
	if (len < NLA_HDRLEN || len > rest->left)
		return -1;
	attr->type = load16(rest->at + 2) & NLA_TYPE_MASK;
	attr->len = len - NLA_HDRLEN;
	attr->payload = rest->at + NLA_HDRLEN;
	advance(rest, len);
	return 1;
}

/* Whether the next attribute holds exactly four bytes: one comparison, and the next address does not wait for the length. */
static inline int is_word(const struct bytes *rest)
{
	return rest->left >= 8 && load16(rest->at) == 8;
}

static inline uint16_t word_type(const struct bytes *rest)
{
	return load16(rest->at + 2) & NLA_TYPE_MASK;
}

/* Steps over an attribute of four bytes and says what they are. */
static inline uint32_t word(struct bytes *rest)
{
	uint32_t value = load32(rest->at + NLA_HDRLEN);

	rest->at += 8;
	rest->left -= 8;
	return value;
}

/* The same, expecting attributes that take 8 bytes: then the next address does not wait for the length. */
static inline int next_attr_predicted(struct bytes *rest, struct attr *attr)
{
	if (__builtin_expect(rest->left >= 8, 1)) {
		size_t len = load16(rest->at);

		if (__builtin_expect(len - 5 < 4, 1)) {
			attr->type = load16(rest->at + 2) & NLA_TYPE_MASK;
			attr->len = len - NLA_HDRLEN;
			attr->payload = rest->at + NLA_HDRLEN;
			rest->at += 8;
			rest->left -= 8;
			return 1;
		}
	}
	return next_attr(rest, attr);
}

static inline int get8(const struct attr *attr, uint8_t *value)
{
	if (attr->len != 1)
		return -1;
	*value = *attr->payload;
	return 0;
}

static inline int get16(const struct attr *attr, uint16_t *value)
{
	if (attr->len != 2)
		return -1;
	*value = load16(attr->payload);
	return 0;
}

static inline int get32(const struct attr *attr, uint32_t *value)
{
	if (attr->len != 4)
		return -1;
	*value = load32(attr->payload);
	return 0;
}

static inline int get_mac(const struct attr *attr, uint64_t *value)
{
	if (attr->len != 6)
		return -1;
	*value = load32(attr->payload) | (uint64_t)load16(attr->payload + 4) << 32;
	return 0;
}

/* What a string adds to a sum: its length and three of its bytes. */
static inline uint64_t text(const uint8_t *at, size_t len)
{
	len = strnlen((const char *)at, len);
	if (!len)
		return 0;
	return len + ((uint64_t)at[0] << 8) + ((uint64_t)at[len / 2] << 16) + ((uint64_t)at[len - 1] << 24);
}

#endif

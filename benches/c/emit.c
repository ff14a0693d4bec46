// SPDX-License-Identifier: MIT OR Apache-2.0
/* Writes route requests into a buffer that is used again for each; every write is checked against its end. */
#include "checked.h"

struct writer {
	uint8_t *at, *end;
};

/* The next `len` bytes of the buffer, NULL if it has no room for them. */
static inline uint8_t *reserve(struct writer *writer, size_t len)
{
	uint8_t *at = writer->at;

	if ((size_t)(writer->end - at) < len)
		return NULL;
	writer->at = at + len;
	return at;
}

static inline void store16(uint8_t *at, uint16_t value)
{
	memcpy(at, &value, sizeof(value));
}

static inline void store32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static inline int put_u32(struct writer *writer, uint16_t type, uint32_t value)
{
	uint8_t *at = reserve(writer, 8);

	if (!at)
		return -1;
	store16(at, 8);
	store16(at + 2, type);
	store32(at + 4, value);
	return 0;
}

static inline int emit_route(struct writer *writer, const struct request *request)
{
	uint8_t *header = reserve(writer, NLMSG_HDRLEN), *route = reserve(writer, sizeof(struct rtmsg));

	if (!header || !route)
		return -1;
	memset(route, 0, sizeof(struct rtmsg));
	route[0] = 2;
	route[1] = request->dst_len;
	route[5] = RTPROT_STATIC;
	route[7] = RTN_UNICAST;
	if (put_u32(writer, RTA_DST, request->dst) || put_u32(writer, RTA_GATEWAY, request->gateway) ||
	    put_u32(writer, RTA_OIF, request->oif) || put_u32(writer, RTA_TABLE, request->table) ||
	    put_u32(writer, RTA_PRIORITY, request->priority))
		return -1;
	store32(header, writer->at - header);
	store16(header + 4, RTM_NEWROUTE);
	store16(header + 6, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	store32(header + 8, request->seq);
	store32(header + 12, 0);
	return 0;
}

int64_t checked_emit(uint8_t *buffer, size_t capacity, const struct request *requests, size_t count)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		struct writer writer = { buffer, buffer + capacity };

		if (emit_route(&writer, &requests[i]))
			return -1;
		total += writer.at - buffer;
		/* The bytes of each request count as used. */
		__asm__ volatile("" : : "r"(buffer) : "memory");
	}
	return total;
}

/* Appends a string with its NUL and padding. */
static inline int put_string(struct writer *writer, uint16_t type, const char *text)
{
	size_t len = strlen(text) + 1;
	uint8_t *at;

	if (len > UINT16_MAX - NLA_HDRLEN)
		return -1;
	at = reserve(writer, NLA_HDRLEN + align4(len));
	if (!at)
		return -1;
	store32(at + align4(len), 0);
	store16(at, NLA_HDRLEN + len);
	store16(at + 2, type);
	memcpy(at + NLA_HDRLEN, text, len);
	return 0;
}

/* One message of type 40 with a nest for each entry. */
int64_t checked_emit_nests(uint8_t *buffer, size_t capacity, const struct named *entries, size_t count)
{
	struct writer writer = { buffer, buffer + capacity };
	uint8_t *header = reserve(&writer, NLMSG_HDRLEN);

	if (!header)
		return -1;
	for (size_t i = 0; i < count; i++) {
		uint8_t *nest = reserve(&writer, NLA_HDRLEN);

		if (!nest || put_u32(&writer, 1, entries[i].id) || put_string(&writer, 2, entries[i].name))
			return -1;
		if (writer.at - nest > UINT16_MAX)
			return -1;
		store16(nest, writer.at - nest);
		store16(nest + 2, 1 | NLA_F_NESTED);
	}
	store32(header, writer.at - header);
	store16(header + 4, 40);
	store16(header + 6, NLM_F_REQUEST);
	store32(header + 8, 1);
	store32(header + 12, 0);
	return writer.at - buffer;
}

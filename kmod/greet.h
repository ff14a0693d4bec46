/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the greet module share.
 */

#ifndef _GREET_H
#define _GREET_H

#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "generated/greet_uapi.h"

/**
 * struct greet_said - a greeting, raw or generic
 * @text: what was said; not terminated
 * @len: length of @text in bytes, at most %GREET_TEXT_MAX
 * @portid: port id of the requester
 * @seq: sequence number of the request
 */
struct greet_said {
	const char *text;
	size_t len;
	u32 portid;
	u32 seq;
};

/* greet_main.c: module and network namespaces */
struct sock *greet_sock(struct net *net);

/* greet_raw.c: the protocol of its own */
void greet_raw_input(struct sk_buff *skb);
void greet_raw_announce(struct sock *sk, const struct greet_said *said);

/* greet_genl.c: the generic netlink family */
int greet_genl_register(void);
void greet_genl_unregister(void);
void greet_genl_announce(struct net *net, const struct greet_said *said);

/* greet_event.c: answers and events, raw and generic */
int greet_event_fill(struct sk_buff *skb, const struct greet_said *said);
int greet_answer(char *buf, size_t size, u32 portid);
void greet_announce(struct sock *sk, const struct greet_said *said);

#endif /* _GREET_H */

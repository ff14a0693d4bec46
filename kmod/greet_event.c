// SPDX-License-Identifier: GPL-2.0
/*
 * What a greeting causes, raw or generic: an answer and two events.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/string.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "greet.h"

/**
 * greet_event_fill - put the attributes of an event, raw or generic
 * @skb: message to add to
 * @said: the greeting, whose text gets a NUL
 *
 * Return: 0, or -EMSGSIZE if @skb is too small.
 */
int greet_event_fill(struct sk_buff *skb, const struct greet_said *said)
{
	struct nlattr *nla;
	char *text;

	if (nla_put_u32(skb, GREET_A_PORT, said->portid))
		return -EMSGSIZE;

	nla = nla_reserve(skb, GREET_A_TEXT, said->len + 1);
	if (!nla)
		return -EMSGSIZE;
	text = nla_data(nla);
	memcpy(text, said->text, said->len);
	text[said->len] = '\0';
	return 0;
}

/**
 * greet_answer - write the text that answers a greeting
 * @buf: where to
 * @size: size of @buf, %GREET_REPLY_LEN
 * @portid: port id of the requester
 *
 * Return: length of the text without its NUL.
 */
int greet_answer(char *buf, size_t size, u32 portid)
{
	return scnprintf(buf, size,
			 "Msg from Process %u has been processed by kernel",
			 portid);
}

/**
 * greet_announce - send the events of a greeting, raw and generic
 * @sk: kernel socket of the network namespace in which it was said
 * @said: the greeting
 *
 * Cannot fail: a subscriber that gets no event gets -ENOBUFS.
 */
void greet_announce(struct sock *sk, const struct greet_said *said)
{
	pr_debug_ratelimited("port %u says \"%*pE\"\n", said->portid,
			     (int)said->len, said->text);

	greet_raw_announce(sk, said);
	greet_genl_announce(sock_net(sk), said);
}

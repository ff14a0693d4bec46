// SPDX-License-Identifier: GPL-2.0
/*
 * rtm: named routing tables, over a raw netlink protocol.
 *
 * One kernel socket and one set of tables per network namespace.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/stringify.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/netns/generic.h>

#include "nl_rcv.h"
#include "rtm.h"

static unsigned int rtm_protocol = NETLINK_RTM;
module_param_named(protocol, rtm_protocol, uint, 0444);
MODULE_PARM_DESC(protocol, "netlink protocol number: " NL_RCV_PROTOCOLS
		 " (default " __stringify(NETLINK_RTM) ")");

static unsigned int rtm_net_id __read_mostly;

/**
 * rtm_net - the state of a network namespace
 * @net: network namespace
 *
 * Return: the state, which lives as long as the namespace or the module.
 */
struct rtm_net *rtm_net(const struct net *net)
{
	return net_generic(net, rtm_net_id);
}

/* The netlink core offers 32 groups at least; the others are not ours. */
static int rtm_bind(struct net *net, int group)
{
	return group > RTM_GRP_MAX ? -EINVAL : 0;
}

static int __net_init rtm_net_init(struct net *net)
{
	struct rtm_net *rn = rtm_net(net);
	struct netlink_kernel_cfg cfg = {
		.groups = RTM_GRP_MAX,
		.flags = NL_CFG_F_NONROOT_RECV,
		.input = rtm_input,
		.bind = rtm_bind,
	};
	int err;

	err = rtm_tables_init(rn);
	if (err)
		return err;
	err = rtm_proc_init(net);
	if (err)
		goto err_tables;

	/* Last, because requests may arrive even before it returns. */
	rn->sk = netlink_kernel_create(net, rtm_protocol, &cfg);
	if (!rn->sk) {
		pr_err("netlink protocol %u: taken or no memory\n",
		       rtm_protocol);
		err = -ENOMEM;
		goto err_proc;
	}
	return 0;

err_proc:
	rtm_proc_exit(net);
err_tables:
	rtm_tables_destroy(rn);
	return err;
}

static void __net_exit rtm_net_exit(struct net *net)
{
	struct rtm_net *rn = rtm_net(net);

	netlink_kernel_release(rn->sk);
	rtm_proc_exit(net);
	rtm_tables_clear(rn);
}

/*
 * Waits once for all of them: objects that are being freed still use the
 * counters of their namespace.
 */
static void __net_exit rtm_net_exit_batch(struct list_head *nets)
{
	struct net *net;

	list_for_each_entry(net, nets, exit_list)
		rtm_net_exit(net);
	rtm_trie_flush();
	list_for_each_entry(net, nets, exit_list)
		rtm_tables_destroy(rtm_net(net));
}

static struct pernet_operations rtm_net_ops = {
	.init = rtm_net_init,
	.exit_batch = rtm_net_exit_batch,
	.id = &rtm_net_id,
	.size = sizeof(struct rtm_net),
};

static int __init rtm_init(void)
{
	int err;

	if (!nl_rcv_protocol_valid(rtm_protocol)) {
		pr_err("netlink protocol %u: not " NL_RCV_PROTOCOLS "\n",
		       rtm_protocol);
		return -EINVAL;
	}

	err = rtm_trie_init();
	if (err)
		return err;
	err = register_pernet_subsys(&rtm_net_ops);
	if (err)
		goto err_trie;

	pr_info("registered netlink protocol %u\n", rtm_protocol);
	return 0;

err_trie:
	rtm_trie_exit();
	return err;
}

static void __exit rtm_exit(void)
{
	unregister_pernet_subsys(&rtm_net_ops);
	rtm_trie_exit();
	pr_info("released netlink protocol %u\n", rtm_protocol);
}

module_init(rtm_init);
module_exit(rtm_exit);

MODULE_DESCRIPTION("Routing table manager over netlink");
MODULE_AUTHOR("The nl-tlv contributors");
MODULE_VERSION("0.2.0");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NET_PF_PROTO(PF_NETLINK, NETLINK_RTM);

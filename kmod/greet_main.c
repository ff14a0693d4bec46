// SPDX-License-Identifier: GPL-2.0
/*
 * greet: says hello over netlink, raw and generic.
 *
 * One kernel socket per network namespace; nothing is kept per message or per
 * membership.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/stringify.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/netns/generic.h>

#include "greet.h"
#include "nl_rcv.h"

static unsigned int greet_protocol = NETLINK_GREET;
module_param_named(protocol, greet_protocol, uint, 0444);
MODULE_PARM_DESC(protocol, "netlink protocol number: " NL_RCV_PROTOCOLS
		 " (default " __stringify(NETLINK_GREET) ")");

struct greet_net {
	struct sock *sk;
};

static unsigned int greet_net_id __read_mostly;

/**
 * greet_sock - the kernel socket of a network namespace
 * @net: network namespace
 *
 * Return: the socket, which lives as long as the namespace or the module.
 */
struct sock *greet_sock(struct net *net)
{
	struct greet_net *gn = net_generic(net, greet_net_id);

	return gn->sk;
}

/* The netlink core offers 32 groups at least; the others are not ours. */
static int greet_bind(struct net *net, int group)
{
	return group > GREET_GRP_MAX ? -EINVAL : 0;
}

static int __net_init greet_net_init(struct net *net)
{
	struct greet_net *gn = net_generic(net, greet_net_id);
	struct netlink_kernel_cfg cfg = {
		.groups = GREET_GRP_MAX,
		.flags = NL_CFG_F_NONROOT_RECV,
		.input = greet_raw_input,
		.bind = greet_bind,
	};

	gn->sk = netlink_kernel_create(net, greet_protocol, &cfg);
	if (!gn->sk) {
		pr_err("netlink protocol %u: taken or no memory\n",
		       greet_protocol);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit greet_net_exit(struct net *net)
{
	netlink_kernel_release(greet_sock(net));
}

static struct pernet_operations greet_net_ops = {
	.init = greet_net_init,
	.exit = greet_net_exit,
	.id = &greet_net_id,
	.size = sizeof(struct greet_net),
};

static int __init greet_init(void)
{
	int err;

	if (!nl_rcv_protocol_valid(greet_protocol)) {
		pr_err("netlink protocol %u: not " NL_RCV_PROTOCOLS "\n",
		       greet_protocol);
		return -EINVAL;
	}

	/* The family announces on the raw sockets, so they come first. */
	err = register_pernet_subsys(&greet_net_ops);
	if (err)
		return err;

	err = greet_genl_register();
	if (err) {
		pr_err("generic netlink family %s: error %d\n",
		       GREET_GENL_NAME, err);
		/* To modprobe, -EEXIST says that this module is loaded. */
		if (err == -EEXIST)
			err = -EBUSY;
		goto err_pernet;
	}

	pr_info("registered netlink protocol %u and generic netlink family %s\n",
		greet_protocol, GREET_GENL_NAME);
	return 0;

err_pernet:
	unregister_pernet_subsys(&greet_net_ops);
	return err;
}

static void __exit greet_exit(void)
{
	greet_genl_unregister();
	unregister_pernet_subsys(&greet_net_ops);
	pr_info("released netlink protocol %u and generic netlink family %s\n",
		greet_protocol, GREET_GENL_NAME);
}

module_init(greet_init);
module_exit(greet_exit);

MODULE_DESCRIPTION("Greetings over netlink");
MODULE_AUTHOR("The nl-tlv contributors");
MODULE_VERSION("0.2.0");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NET_PF_PROTO(PF_NETLINK, NETLINK_GREET);
MODULE_ALIAS_GENL_FAMILY(GREET_GENL_NAME);

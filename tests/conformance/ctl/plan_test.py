#!/usr/bin/env python3
"""ecsmictl plan: what tasks would get and cost. plan_test.py ECSMICTL ECSMID"""
import json
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from ctl import Ctl  # noqa: E402
from daemon import Daemon  # noqa: E402

BINARY, DAEMON = map(os.path.abspath, sys.argv[1:3])


class Plan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(DAEMON, "--clock=virtual", "--seed=1").start()
        cls.ctl = Ctl(BINARY, cls.daemon.grpc)

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def test_a_plan_says_what_tasks_would_get_and_cost(self):
        mix = json.dumps({
            "instance_types": [
                {"name": "small", "arch": "x86_64", "cpu_units": 2048, "memory_mib": 3800, "eni_slots": 3,
                 "price_microusd_per_hour": 85000},
                {"name": "big", "arch": "x86_64", "cpu_units": 8192, "memory_mib": 31000, "eni_slots": 10,
                 "price_microusd_per_hour": 320000}],
            "tasks": [
                {"group": "web", "count": 8, "cpu_units": 1024, "memory_mib": 2048, "eni_slots": 1},
                {"group": "solo", "count": 1, "cpu_units": 512, "memory_mib": 512, "exclusive": True},
                {"group": "arm", "count": 2, "arch": "arm64", "cpu_units": 256, "memory_mib": 256}]})
        status, out, err = self.ctl("plan -", stdin=mix)
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"(?m)^small +1 +1 solo +0\.0850 +0\.0000$")
        self.assertRegex(out, r"(?m)^big +1 +8 web +0\.3200 +0\.0000$")
        self.assertIn("$0.4050 an hour (fee $0.0000 of it), $295.65 a month of 730 hours.", out)
        self.assertIn("Not placed: arm, 2 tasks: no type has the architecture.", out)
        status, out, _ = self.ctl("-o json plan -", stdin=mix)
        plan = json.loads(out)
        bound = plan.pop("cost_lower_bound_microusd_per_hour")
        self.assertTrue(85000 < bound <= 405000, bound)
        self.assertEqual(plan, {
            "instances": [{"type": "small", "count": 1, "tasks": {"solo": 1}},
                          {"type": "big", "count": 1, "tasks": {"web": 8}}],
            "price_microusd_per_hour": 405000, "fee_microusd_per_hour": 0,
            "unplaced": {"arm": {"count": 2, "reason": "architecture"}}})
        definition = json.dumps({"family": "w", "requiresCompatibilities": ["MANAGED_INSTANCES"], "networkMode": "awsvpc",
                                 "cpu": "1024", "memory": "2048", "containerDefinitions": [{"name": "a", "image": "b"}]})
        out = self.ctl.out("plan --task-definition - --count 3 --zones 3", stdin=definition)
        self.assertRegex(out, r"Prices of \S+, us-east-1; \d+ of 1345 types match\.")
        status, _, err = self.ctl("plan -", stdin='{"tasks": [{"group": "a", "count": -1}]}')
        self.assertEqual(status, 1)
        self.assertIn("tasks[0].count is -1", err)
        self.assertEqual(self.ctl("plan")[0], 2)
        self.assertEqual(self.ctl("plan x.json --task-definition y.json")[0], 2)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()

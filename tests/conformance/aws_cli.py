"""Whether there is an AWS CLI here that can play."""
import shutil
import subprocess


def missing_cli():
    """Why there is none, or None."""
    if shutil.which("aws") is None:
        return "there is no AWS CLI here"
    skeleton = subprocess.run(["aws", "ecs", "create-capacity-provider", "--generate-cli-skeleton"], capture_output=True,
                              text=True)
    return None if "managedInstancesProvider" in skeleton.stdout else "this AWS CLI knows no Managed Instances"

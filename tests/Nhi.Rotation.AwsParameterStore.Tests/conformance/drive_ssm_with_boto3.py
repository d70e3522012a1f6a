#!/usr/bin/env python3
"""Holds the test server, and what this project's package sends to one, against boto3 and the official service model. See README.md."""

import argparse
import json
import sys

import botocore.session
from botocore.config import Config

import drive_with_boto3 as shared


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoint")
    arguments.add_argument("recorded", help="JSON: calls of this project's package")
    options = arguments.parse_args()
    session = botocore.session.get_session()
    drive(session, options.endpoint)

    model = session.get_service_model("ssm")
    with open(options.recorded, encoding="utf-8") as file:
        calls = json.load(file)
    for call in calls:
        shared.validate_call(model, call)
    print(f"{len(calls)} calls conform: {', '.join(sorted({call['operation'] for call in calls}))}")


def client_for(session, endpoint, secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"):
    return session.create_client(
        "ssm",
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key=secret_key,
        config=Config(retries={"max_attempts": 1}),
    )


def drive(session, endpoint):
    client = client_for(session, endpoint)
    name = "/boto3/key"
    assert client.put_parameter(Name=name, Value="one", Type="SecureString")["Version"] == 1
    shared.expect("ParameterAlreadyExists", client.put_parameter, Name=name, Value="two", Type="SecureString")
    policy = [{"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "2099-12-02T21:34:33.000Z"}}]
    assert client.put_parameter(Name=name, Value="two", Overwrite=True, Tier="Advanced", Policies=json.dumps(policy))["Version"] == 2
    labels(client, name)
    history(client, name)
    batch(client, name)
    shared.expect("ParameterNotFound", client.get_parameter_history, Name="/boto3/missing")
    shared.expect("InvalidSignatureException", client_for(session, endpoint, "wrong").get_parameter_history, Name=name)
    client.delete_parameter(Name=name)
    assert client.put_parameter(Name=name, Value="again", Type="String")["Version"] == 1
    client.delete_parameter(Name=name)


def labels(client, name):
    assert client.label_parameter_version(Name=name, ParameterVersion=1, Labels=["current", "1st", "AWSx"])["InvalidLabels"] == ["1st", "AWSx"]
    assert client.label_parameter_version(Name=name, Labels=["current"])["ParameterVersion"] == 2
    client.label_parameter_version(Name=name, ParameterVersion=1, Labels=["previous", "old"])
    assert client.unlabel_parameter_version(Name=name, ParameterVersion=1, Labels=["old", "none"])["RemovedLabels"] == ["old"]
    for version in (1, 1):
        assert client.label_parameter_version(Name=name, ParameterVersion=version, Labels=["revoked-1"])["InvalidLabels"] == []
    eight = [f"more-{index}" for index in range(8)]
    client.label_parameter_version(Name=name, ParameterVersion=1, Labels=eight)
    shared.expect("ParameterVersionLabelLimitExceeded", client.label_parameter_version, Name=name, ParameterVersion=1, Labels=["eleventh"])
    client.unlabel_parameter_version(Name=name, ParameterVersion=1, Labels=eight + ["revoked-1"])
    shared.expect("ParameterVersionNotFound", client.label_parameter_version, Name=name, ParameterVersion=7, Labels=["current"])


def history(client, name):
    first, second = client.get_parameter_history(Name=name, WithDecryption=True)["Parameters"]
    assert (first["Value"], second["Value"]) == ("one", "two")
    assert (first["Labels"], second["Labels"]) == (["previous"], ["current"])
    assert [policy["PolicyType"] for policy in second["Policies"]] == ["Expiration"]
    assert first["LastModifiedDate"].tzinfo is not None and first["LastModifiedDate"] < second["LastModifiedDate"]
    assert client.get_parameter_history(Name=name)["Parameters"][0]["Value"] != "one", "without decryption it is ciphertext"
    page = client.get_parameter_history(Name=name, MaxResults=1)
    assert client.get_parameter_history(Name=name, MaxResults=1, NextToken=page["NextToken"])["Parameters"][0]["Version"] == 2
    shared.expect("InvalidNextToken", client.get_parameter_history, Name=name, NextToken="none")


def batch(client, name):
    answer = client.get_parameters(Names=[name, name + ":1", name + ":current", name + ":nothing", "/boto3/missing"], WithDecryption=True)
    assert [(one["Value"], one.get("Selector")) for one in answer["Parameters"]] == [("two", None), ("one", ":1"), ("two", ":current")]
    assert answer["InvalidParameters"] == [name + ":nothing", "/boto3/missing"]
    arn = answer["Parameters"][0]["ARN"]
    assert client.get_parameters(Names=[arn + ":1"], WithDecryption=True)["Parameters"][0]["Value"] == "one"
    shared.expect("ValidationException", client.get_parameters, Names=[name] * 2)


if __name__ == "__main__":
    sys.exit(main())

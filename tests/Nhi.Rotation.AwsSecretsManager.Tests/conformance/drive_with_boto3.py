#!/usr/bin/env python3
"""Holds the test server and the client of this project against boto3 and the official service model. See README.md."""

import argparse
import base64
import json
import os
import sys
import uuid

import botocore.model
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

HERE = os.path.dirname(os.path.abspath(__file__))
SERVICE = "secretsmanager"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoint")
    arguments.add_argument("recorded", help="JSON: calls of this project's client, and the endpoints it resolves")
    options = arguments.parse_args()
    session = botocore.session.get_session()
    session.get_component("data_loader").search_paths.insert(0, os.path.join(HERE, "models"))
    with open(options.recorded, encoding="utf-8") as file:
        recorded = json.load(file)

    drive(session, options.endpoint)
    model = session.get_service_model(SERVICE)
    for call in recorded["calls"]:
        validate_call(model, call)
    compare_endpoints(session, recorded["endpoints"])
    print(f"{len(recorded['calls'])} calls and {len(recorded['endpoints'])} endpoints conform")


def client_for(session, endpoint, secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"):
    return session.create_client(
        SERVICE,
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key=secret_key,
        config=Config(retries={"max_attempts": 1}),
    )


def drive(session, endpoint):
    client = client_for(session, endpoint)
    name = "boto3/" + uuid.uuid4().hex
    created = client.create_secret(
        Name=name, SecretString="one", Description="a test", Tags=[{"Key": "owner", "Value": "tests"}]
    )
    one, arn = created["VersionId"], created["ARN"]
    assert client.get_secret_value(SecretId=name)["SecretString"] == "one"
    rotate(client, name, one)
    unlabel(client)
    described = client.describe_secret(SecretId=arn)
    assert described["Name"] == name and described["Tags"] == [{"Key": "owner", "Value": "tests"}]
    assert described["CreatedDate"].tzinfo is not None
    binary(client)
    batch(client, arn)
    pages(client, name)
    errors(session, client, endpoint, name)


def rotate(client, name, one):
    """The four steps of a rotation function, and then a finish that is rolled back."""
    two = str(uuid.uuid4())
    expect("ResourceNotFoundException", client.get_secret_value, SecretId=name, VersionStage="AWSPENDING")
    client.put_secret_value(SecretId=name, ClientRequestToken=two, SecretString="two", VersionStages=["AWSPENDING"])
    assert client.get_secret_value(SecretId=name, VersionId=two, VersionStage="AWSPENDING")["SecretString"] == "two"
    assert client.get_secret_value(SecretId=name)["SecretString"] == "one"
    client.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=two, RemoveFromVersionId=one)
    assert stages(client, name) == {one: ["AWSPREVIOUS"], two: ["AWSCURRENT", "AWSPENDING"]}
    client.update_secret_version_stage(SecretId=name, VersionStage="AWSPENDING", RemoveFromVersionId=two)
    assert stages(client, name) == {one: ["AWSPREVIOUS"], two: ["AWSCURRENT"]}
    expect("InvalidParameterException", client.update_secret_version_stage, SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=one)
    client.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=one, RemoveFromVersionId=two)
    assert stages(client, name) == {one: ["AWSCURRENT"], two: ["AWSPREVIOUS"]}


def unlabel(client):
    """All labels leave a version but AWSCURRENT, which can only be moved. What has none is still there by its id."""
    name = "boto3/" + uuid.uuid4().hex
    one = client.create_secret(Name=name, SecretString="one")["VersionId"]
    two = client.put_secret_value(SecretId=name, SecretString="two")["VersionId"]
    client.update_secret_version_stage(SecretId=name, VersionStage="blue", MoveToVersionId=one)
    assert stages(client, name) == {one: ["AWSPREVIOUS", "blue"], two: ["AWSCURRENT"]}
    update = client.update_secret_version_stage
    expect("InvalidParameterException", update, SecretId=name, VersionStage="AWSCURRENT", RemoveFromVersionId=two)
    expect("InvalidParameterException", update, SecretId=name, VersionStage="blue", RemoveFromVersionId=two)
    update(SecretId=name, VersionStage="AWSPREVIOUS", RemoveFromVersionId=one)
    update(SecretId=name, VersionStage="blue", RemoveFromVersionId=one)
    assert stages(client, name) == {two: ["AWSCURRENT"]}
    assert client.get_secret_value(SecretId=name, VersionId=one)["SecretString"] == "one"
    expect("ResourceNotFoundException", client.get_secret_value, SecretId=name, VersionStage="AWSPREVIOUS")


def stages(client, name):
    return {version: sorted(labels) for version, labels in client.describe_secret(SecretId=name)["VersionIdsToStages"].items()}


def binary(client):
    name = "boto3/" + uuid.uuid4().hex
    content = bytes(range(256))
    client.create_secret(Name=name, SecretBinary=content)
    assert client.get_secret_value(SecretId=name)["SecretBinary"] == content


def batch(client, arn):
    answer = client.batch_get_secret_value(SecretIdList=[arn, "missing"])
    assert [entry["ARN"] for entry in answer["SecretValues"]] == [arn]
    assert [(error["SecretId"], error["ErrorCode"]) for error in answer["Errors"]] == [("missing", "ResourceNotFoundException")]


def pages(client, name):
    first = client.list_secret_version_ids(SecretId=name, MaxResults=1)
    second = client.list_secret_version_ids(SecretId=name, MaxResults=1, NextToken=first["NextToken"])
    assert "NextToken" not in second
    assert {page["Versions"][0]["VersionId"] for page in (first, second)} == set(stages(client, name))


def errors(session, client, endpoint, name):
    expect("ResourceNotFoundException", client.describe_secret, SecretId="missing")
    expect("ResourceExistsException", client.create_secret, Name=name, SecretString="again")
    expect("InvalidSignatureException", client_for(session, endpoint, "wrong").describe_secret, SecretId=name)
    client.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    assert "DeletedDate" in client.describe_secret(SecretId=name)
    expect("InvalidRequestException", client.get_secret_value, SecretId=name)
    client.restore_secret(SecretId=name)
    client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    expect("ResourceNotFoundException", client.describe_secret, SecretId=name)


def expect(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert error.response["ResponseMetadata"]["RequestId"], error
    else:
        raise AssertionError(f"{code} was expected")


def validate_call(model, call):
    operation = model.operation_model(call["operation"])
    report = ParamValidator().validate(json.loads(call["request"]), operation.input_shape)
    assert not report.has_errors(), f"{call['operation']}: {report.generate_report()}"
    validate(json.loads(call["response"]), operation.output_shape, call["operation"])


def validate(value, shape, path):
    """Strict where botocore's parser is lenient: no member that the model does not have, and every scalar of the right JSON type."""
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), path
        for key, member in value.items():
            assert key in shape.members, f"{path}.{key} is not in the model"
            validate(member, shape.members[key], f"{path}.{key}")
    elif kind == "list":
        assert isinstance(value, list), path
        for index, member in enumerate(value):
            validate(member, shape.member, f"{path}[{index}]")
    elif kind == "map":
        assert isinstance(value, dict), path
        for key, member in value.items():
            validate(key, shape.key, f"{path} key")
            validate(member, shape.value, f"{path}[{key}]")
    elif kind == "timestamp":
        assert isinstance(value, (int, float)), path
    elif kind == "blob":
        base64.b64decode(value, validate=True)
    elif kind == "string":
        assert isinstance(value, str), path
        assert len(value) >= shape.metadata.get("min", 0), path
        assert len(value) <= shape.metadata.get("max", len(value)), path
    elif kind == "boolean":
        assert isinstance(value, bool), path
    elif kind in ("integer", "long"):
        assert isinstance(value, int) and not isinstance(value, bool), path
    else:
        raise AssertionError(f"{path}: {kind} is not expected in this service")


def compare_endpoints(session, endpoints):
    from botocore.endpoint_provider import EndpointProvider

    loader = session.get_component("data_loader")
    provider = EndpointProvider(
        loader.load_service_model(SERVICE, "endpoint-rule-set-1"), loader.load_data("partitions")
    )
    for endpoint in endpoints:
        expected = provider.resolve_endpoint(Region=endpoint["region"], UseFIPS=endpoint["fips"], UseDualStack=endpoint["dualStack"]).url
        actual = endpoint["url"].rstrip("/")
        assert actual == expected, f"{endpoint}: the official rules say {expected}"


if __name__ == "__main__":
    sys.exit(main())

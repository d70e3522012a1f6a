#!/usr/bin/env python3
"""Holds the queue of the tests, and what this project's reader sends to one, against boto3 and the official service model. See README.md."""

import argparse
import json
import os
import sys

import botocore.session
from botocore.config import Config

import drive_with_boto3 as shared


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("queue")
    arguments.add_argument("recorded", help="JSON: calls of this project's reader")
    options = arguments.parse_args()
    session = botocore.session.get_session()
    session.get_component("data_loader").search_paths.insert(0, os.path.join(shared.HERE, "models"))
    drive(session, options.queue)

    model = session.get_service_model("sqs")
    with open(options.recorded, encoding="utf-8") as file:
        calls = json.load(file)
    for call in calls:
        shared.validate_call(model, call)
    print(f"{len(calls)} calls conform: {', '.join(sorted({call['operation'] for call in calls}))}")


def client_for(session, queue, secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"):
    return session.create_client(
        "sqs",
        region_name="eu-west-1",
        endpoint_url=queue.rsplit("/", 2)[0],
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key=secret_key,
        config=Config(retries={"max_attempts": 1}),
    )


def drive(session, queue):
    client = client_for(session, queue)
    assert "Messages" not in client.receive_message(QueueUrl=queue)
    sent = client.send_message(QueueUrl=queue, MessageBody="one")["MessageId"]
    client.send_message(QueueUrl=queue, MessageBody="two")
    messages = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)["Messages"]
    assert [message["Body"] for message in messages] == ["one", "two"] and messages[0]["MessageId"] == sent
    assert "Messages" not in client.receive_message(QueueUrl=queue), "received messages are invisible"
    entries = [{"Id": "a", "ReceiptHandle": messages[0]["ReceiptHandle"]}, {"Id": "b", "ReceiptHandle": messages[1]["ReceiptHandle"]}]
    answer = client.delete_message_batch(QueueUrl=queue, Entries=entries + [{"Id": "c", "ReceiptHandle": "none"}])
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "b"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("c", "ReceiptHandleIsInvalid")]
    shared.expect("InvalidSignatureException", client_for(session, queue, "wrong").receive_message, QueueUrl=queue)
    shared.expect("AWS.SimpleQueueService.NonExistentQueue", client.receive_message, QueueUrl=queue + "-other")


if __name__ == "__main__":
    sys.exit(main())

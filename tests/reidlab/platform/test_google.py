"""Google's interfaces: the official client by gRPC, REST, and the Data Manager, with their errors."""

import warnings

import pytest

from exports.identifiers import find_profile

requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = [
    pytest.mark.extra("platform"),
    pytest.mark.ad_platform(accounts={"email": [f"person{n}@mail.example" for n in range(400)]}, grpc=True),
]
EMAIL = find_profile("google").rule("email")


def token(n):
    return EMAIL.apply(f"person{n}@mail.example").digest


@pytest.fixture
def sdk():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip(
            "google.ads.googleads.v21", reason="the official client google-ads is not installed"
        )
        from google.ads.googleads.v21.services.services import (
            google_ads_service,
            offline_user_data_job_service,
            user_list_service,
        )
    return user_list_service, offline_user_data_job_service, google_ads_service


def test_the_official_client_uploads_by_grpc_and_reads_the_size_back(ad_platform, sdk):
    import grpc
    from google.ads.googleads.v21.services.services.google_ads_service.transports import (
        GoogleAdsServiceGrpcTransport,
    )
    from google.ads.googleads.v21.services.services.offline_user_data_job_service.transports import (
        OfflineUserDataJobServiceGrpcTransport,
    )
    from google.ads.googleads.v21.services.services.user_list_service.transports import (
        UserListServiceGrpcTransport,
    )

    lists, jobs, search = sdk
    with grpc.insecure_channel(ad_platform.grpc) as channel:
        lists = lists.UserListServiceClient(transport=UserListServiceGrpcTransport(channel=channel))
        jobs = jobs.OfflineUserDataJobServiceClient(
            transport=OfflineUserDataJobServiceGrpcTransport(channel=channel)
        )
        search = search.GoogleAdsServiceClient(transport=GoogleAdsServiceGrpcTransport(channel=channel))
        create = {"name": "visitors", "crm_based_user_list": {"upload_key_type": "CONTACT_INFO"}}
        made = lists.mutate_user_lists(customer_id="123", operations=[{"create": create}])
        name = made.results[0].resource_name

        def upload(numbers, kind="create"):
            job = jobs.create_offline_user_data_job(
                customer_id="123",
                job={
                    "type_": "CUSTOMER_MATCH_USER_LIST",
                    "customer_match_user_list_metadata": {"user_list": name},
                },
            ).resource_name
            operations = [{kind: {"user_identifiers": [{"hashed_email": token(n)}]}} for n in numbers]
            jobs.add_offline_user_data_job_operations(resource_name=job, operations=operations)
            jobs.run_offline_user_data_job(resource_name=job)

        upload(range(350, 600))
        upload(range(350))
        audience = name.rpartition("/")[2]
        assert ad_platform.audience(audience).matched == 400
        upload(range(10), kind="remove")
        assert ad_platform.audience(audience).matched == 390
        query = "SELECT user_list.id, user_list.size_for_search FROM user_list"
        (row,) = [
            row for chunk in search.search_stream(customer_id="123", query=query) for row in chunk.results
        ]
        assert (str(row.user_list.id), row.user_list.size_for_search) == (audience, 390)


HEADERS = {"Authorization": "Bearer TOKEN", "developer-token": "D"}


def call(platform, path, body, **headers):
    address = f"{platform.url}/v21/customers/{path}"
    return requests.post(address, json=body, headers=HEADERS | headers, timeout=60)


def made_list(platform):
    made = call(platform, "123/userLists:mutate", {"operations": [{"create": {"name": "visitors"}}]})
    return made.json()["results"][0]["resourceName"]


def made_job(platform, name):
    job = {"type": "CUSTOMER_MATCH_USER_LIST", "customerMatchUserListMetadata": {"userList": name}}
    made = call(platform, "123/offlineUserDataJobs:create", {"job": job})
    return made.json()["resourceName"].removeprefix("customers/")


def operations(*tokens, kind="create"):
    return [{kind: {"userIdentifiers": [{"hashedEmail": token}]}} for token in tokens]


def test_a_job_changes_its_list_only_when_it_is_run_and_only_once(ad_platform):
    name = made_list(ad_platform)
    job, audience = made_job(ad_platform, name), name.rpartition("/")[2]
    assert (
        call(ad_platform, f"{job}:addOperations", {"operations": operations(token(1), token(2))}).json() == {}
    )
    assert ad_platform.audience(audience).matched == 0
    assert call(ad_platform, f"{job}:run", {}).ok
    assert call(ad_platform, f"{job}:run", {}).status_code == 400
    assert ad_platform.audience(audience).matched == 2


def test_wrong_operations_are_named_and_left_out_under_partial_failure_and_refused_without(ad_platform):
    name = made_list(ad_platform)
    job = made_job(ad_platform, name)
    body = {"operations": operations(token(1), "jane@mail.example", token(2))}
    assert call(ad_platform, f"{job}:addOperations", body).json()["error"]["status"] == "INVALID_ARGUMENT"
    told = call(ad_platform, f"{job}:addOperations", body | {"enablePartialFailure": True}).json()
    (error,) = told["partialFailureError"]["details"][0]["errors"]
    assert error["location"]["fieldPathElements"][0]["index"] == 1
    call(ad_platform, f"{job}:run", {})
    assert ad_platform.audience(name.rpartition("/")[2]).matched == 2


def test_each_bad_request_gets_its_documented_status(ad_platform):
    name = made_list(ad_platform)
    job = made_job(ad_platform, name)
    add = f"{job}:addOperations"
    many = [{"create": {"userIdentifiers": [{"hashedEmail": token(1)}] * 21}}]
    found = {
        "wrong token": call(ad_platform, add, {"operations": []}, Authorization="Bearer no"),
        "wrong account": call(ad_platform, "99/offlineUserDataJobs:create", {"job": {
            "type": "CUSTOMER_MATCH_USER_LIST", "customerMatchUserListMetadata": {"userList": name}}}),
        "unknown job": call(ad_platform, "123/offlineUserDataJobs/7:run", {}),
        "no operations": call(ad_platform, add, {"operations": []}),
        "too many of one": call(ad_platform, add, {"operations": many}),
        "too many": call(ad_platform, add, {"operations": operations(*[token(1)] * 100_001)}),
        "no object": call(ad_platform, add, []),
    }  # fmt: skip
    statuses = {
        what: (answer.status_code, answer.json()["error"]["status"]) for what, answer in found.items()
    }
    assert statuses == dict.fromkeys(found, (400, "INVALID_ARGUMENT")) | {
        "wrong token": (401, "UNAUTHENTICATED"),
        "unknown job": (404, "NOT_FOUND"),
    }
    call(ad_platform, f"{job}:run", {})
    assert ad_platform.audience(name.rpartition("/")[2]).matched == 0

"""Official clients of Pinterest, X and UID2, each pointed here in its own way, and unchanged."""

import pytest

from exports.identifiers import find_profile
from reidlab.platform.vendors.uid2 import secret_of

pytestmark = [
    pytest.mark.extra("platform"),
    pytest.mark.ad_platform(accounts={"email": [f"person{n}@mail.example" for n in range(150)]}),
]


def token(n, profile="x"):
    return find_profile(profile).rule("email").apply(f"person{n}@mail.example").digest


def test_pinterests_client_makes_and_amends_a_list(ad_platform):
    package = pytest.importorskip("openapi_generated.pinterest_client", reason="Pinterest's client is absent")
    from openapi_generated.pinterest_client.api.customer_lists_api import CustomerListsApi
    from openapi_generated.pinterest_client.model.customer_list_request import CustomerListRequest
    from openapi_generated.pinterest_client.model.customer_list_update_request import (
        CustomerListUpdateRequest,
    )

    settings = package.Configuration(host=ad_platform.url + "/v5", access_token=ad_platform.token)
    with package.ApiClient(settings) as client:
        lists = CustomerListsApi(client)
        records = ",".join(token(n) for n in range(120))
        asked = CustomerListRequest(name="visitors", records=records, list_type="EMAIL")
        made = lists.customer_lists_create("123", asked)
        assert ad_platform.audience(made.id).matched == 120
        change = CustomerListUpdateRequest(
            records=",".join(token(n) for n in range(5)), operation_type="REMOVE"
        )
        lists.customer_lists_update("123", made.id, change)
        assert lists.customer_lists_get("123", made.id).status == "READY"
    assert ad_platform.audience(made.id).matched == 115


def test_xs_client_makes_an_audience_and_uploads_users(ad_platform, monkeypatch):
    client = pytest.importorskip("twitter_ads.client", reason="X's client is absent")
    from twitter_ads.audience import CustomAudience
    from twitter_ads.http import Request

    monkeypatch.setattr(Request, "_DEFAULT_DOMAIN", ad_platform.url)
    opened = client.Client(
        "consumer", "secret", ad_platform.token, "token secret", options={"handle_rate_limit": False}
    )
    account = opened.accounts("abc1")
    audience = CustomAudience.create(account, "visitors")
    users = [{"email": [token(n)]} for n in range(200)]
    assert audience.users([{"operation_type": "Update", "params": {"users": users}}]) == (1, 1)
    assert ad_platform.audience(audience.id).matched == 150
    audience.users([{"operation_type": "Delete", "params": {"users": users[:10]}}])
    assert CustomAudience.load(account, audience.id).audience_size == 140


def test_uid2s_client_maps_addresses_through_a_sealed_envelope(ad_platform):
    uid2 = pytest.importorskip("uid2_client", reason="UID2's client is absent")
    client = uid2.IdentityMapV3Client(ad_platform.url, ad_platform.token, secret_of(ad_platform.token))
    asked = uid2.IdentityMapV3Input.from_emails(["Person1@mail.example", "person2@mail.example"])
    mapped = client.generate_identity_map(asked).mapped_identities
    assert len({one.current_raw_uid for one in mapped.values()}) == 2
    rows = ad_platform.audience("identity map").rows
    assert token(1, "uid2") in rows["token"].to_pylist()


def test_uid2_refuses_a_body_that_was_sealed_with_another_secret(ad_platform):
    uid2 = pytest.importorskip("uid2_client", reason="UID2's client is absent")
    from urllib.error import HTTPError

    client = uid2.IdentityMapV3Client(ad_platform.url, ad_platform.token, secret_of("another"))
    with pytest.raises(HTTPError, match="400"):
        client.generate_identity_map(uid2.IdentityMapV3Input.from_emails(["person1@mail.example"]))

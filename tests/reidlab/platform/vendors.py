"""Uploads to every vendor in its own shape, for laws that hold of all of them."""

BEARER = {"Authorization": "Bearer TOKEN"}


def ask(platform, method, path, body=None, *, headers=BEARER, **more):
    import requests

    return requests.request(method, platform.url + path, json=body, headers=headers, timeout=60, **more)


def meta(platform):
    made = ask(platform, "POST", "/v26.0/act_1/customaudiences", {"name": "visitors"}).json()["id"]

    def send(tokens, add=True):
        body = {"payload": {"schema": "EMAIL_SHA256", "data": list(tokens)}}
        return ask(platform, "POST" if add else "DELETE", f"/v26.0/{made}/users", body)

    return made, send


def google_list(platform):
    headers = BEARER | {"developer-token": "D"}
    body = {"operations": [{"create": {"name": "visitors"}}]}
    made = ask(platform, "POST", "/v21/customers/1/userLists:mutate", body, headers=headers)
    return made.json()["results"][0]["resourceName"].rpartition("/")[2], headers


def google_ads(platform):
    made, headers = google_list(platform)

    def send(tokens, add=True):
        job = {
            "type": "CUSTOMER_MATCH_USER_LIST",
            "customerMatchUserListMetadata": {"userList": f"customers/1/userLists/{made}"},
        }
        base = "/v21/customers/1/offlineUserDataJobs"
        name = ask(platform, "POST", f"{base}:create", {"job": job}, headers=headers).json()["resourceName"]
        path = f"{base}/{name.rpartition('/')[2]}"
        kind = "create" if add else "remove"
        operations = [{kind: {"userIdentifiers": [{"hashedEmail": token}]}} for token in tokens]
        body = {"operations": operations, "enablePartialFailure": True}
        answer = ask(platform, "POST", f"{path}:addOperations", body, headers=headers)
        ask(platform, "POST", f"{path}:run", {}, headers=headers)
        return answer

    return made, send


def data_manager(platform):
    made, _ = google_list(platform)

    def send(tokens, add=True):
        body = {
            "destinations": [{"operatingAccount": {"accountId": "1"}, "productDestinationId": made}],
            "audienceMembers": [
                {"userData": {"userIdentifiers": [{"emailAddress": token}]}} for token in tokens
            ],
            "encoding": "HEX",
            "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
        }
        return ask(platform, "POST", f"/v1/audienceMembers:{'ingest' if add else 'remove'}", body)

    return made, send


def snapchat(platform):
    body = {"segments": [{"name": "visitors", "source_type": "FIRST_PARTY"}]}
    made = ask(platform, "POST", "/v1/adaccounts/a/segments", body).json()["segments"][0]["segment"]["id"]

    def send(tokens, add=True):
        users = {"users": [{"schema": ["EMAIL_SHA256"], "data": [[token] for token in tokens]}]}
        return ask(platform, "POST" if add else "DELETE", f"/v1/segments/{made}/users", users)

    return made, send


def tiktok(platform):
    def send(tokens, add=True):
        body = {
            "advertiser_ids": ["1"],
            "action": "add" if add else "delete",
            "id_schema": ["EMAIL_SHA256"],
            "batch_data": [[{"id": token, "audience_ids": ["55"]}] for token in tokens],
        }
        headers = {"Access-Token": "TOKEN"}
        return ask(platform, "POST", "/open_api/v1.3/segment/mapping/", body, headers=headers)

    return "55", send


def pinterest(platform):
    body = {"name": "visitors", "records": "ab" * 32, "list_type": "EMAIL"}
    made = ask(platform, "POST", "/v5/ad_accounts/1/customer_lists", body).json()["id"]

    def send(tokens, add=True):
        body = {"records": ",".join(tokens), "operation_type": "ADD" if add else "REMOVE"}
        return ask(platform, "PATCH", f"/v5/ad_accounts/1/customer_lists/{made}", body)

    return made, send


def x(platform):
    path = "/12/accounts/a1/custom_audiences"
    made = ask(platform, "POST", f"{path}?name=visitors").json()["data"]["id"]

    def send(tokens, add=True):
        users = [{"email": [token]} for token in tokens]
        body = [{"operation_type": "Update" if add else "Delete", "params": {"users": users}}]
        return ask(platform, "POST", f"{path}/{made}/users", body)

    return made, send


def criteo(platform):
    def send(tokens, add=True):
        attributes = {
            "operation": "add" if add else "remove",
            "identifierType": "email",
            "identifiers": list(tokens),
        }
        body = {"data": {"type": "ContactlistAmendment", "attributes": attributes}}
        return ask(platform, "PATCH", "/2026-01/audience-segments/8/contact-list", body)

    return "8", send


def linkedin(platform):
    headers = BEARER | {"x-restli-method": "BATCH_CREATE", "linkedin-version": "202505"}

    def send(tokens, add=True):
        elements = [
            {
                "action": "ADD" if add else "REMOVE",
                "userIds": [{"idType": "SHA256_EMAIL", "idValue": token}],
            }
            for token in tokens
        ]
        return ask(platform, "POST", "/rest/dmpSegments/9/users", {"elements": elements}, headers=headers)

    return "9", send


def microsoft(platform):
    def send(tokens, add=True):
        data = {
            "ActionType": "Add" if add else "Remove",
            "AudienceId": "77",
            "CustomerListItemSubType": "Email",
            "CustomerListItems": list(tokens),
        }
        path = "/CampaignManagement/v13/CustomerListUserData/Apply"
        return ask(platform, "POST", path, {"CustomerListUserData": data})

    return "77", send


def reddit(platform):
    body = {"data": {"name": "visitors", "type": "CUSTOMER_LIST"}}
    made = ask(platform, "POST", "/api/v3/ad_accounts/a/custom_audiences", body).json()["data"]["id"]

    def send(tokens, add=True):
        data = {
            "action_type": "ADD" if add else "REMOVE",
            "column_order": ["EMAIL_SHA256"],
            "user_data": [[token] for token in tokens],
        }
        return ask(platform, "PATCH", f"/api/v3/custom_audiences/{made}/users", {"data": data})

    return made, send


VENDORS = (
    meta, google_ads, data_manager, snapchat, tiktok, pinterest, x, criteo, linkedin, microsoft, reddit,
)  # fmt: skip

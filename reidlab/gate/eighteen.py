"""Names of columns for those of the eighteen identifiers of 45 CFR 164.514(b)(2)(i) that have no form of their own."""

from __future__ import annotations

import re
from functools import cache

from exports.columns.names.words import folded, pattern_of, words_of

WORDS: dict[str, str] = {
    "biometric": """
        biometr* iris* iris_template* retina* fingerprint* finger_print* fingerabdruck* huella* empreinte* impronta*
        voice_print* voiceprint* stimmabdruck* face_template* faceprint* face_id palm_print* gait_signature* 指紋* 虹膜* 지문*
    """,
    "photo": "selfie* photo* picture* bild lichtbild* passbild* portrait* headshot* mugshot* face_image* avatar* foto* imagen",
    "device_id": """
        udi device_serial* device_id* device_identifier* serial_no serial_num* serial_number* seriennummer* implant*
        imei imsi meid pacemaker* geraet* geratenummer* numero_de_serie numero_serie* android_id
    """,
    "license": """
        driver_lic* drivers_lic* driving_lic* driver_s_lic* dl_no dl_number license_no license_num* licence_no
        certificate* cert_no zertifikat* fuhrerschein* dea_number dea_no npi
    """,
    "vehicle": "vin plate plate_no plates number_plate* license_plate* licence_plate* kennzeichen* kfz* tag_number targa plaka matricula kenteken immatriculation",
    "medical_record": "mrn chart_no chart_num* chart_id* chart medical_rec* record_no record_number akte aktennummer* fallnummer* case_no dossier_no",
    "health_plan": """
        policy_no policy_number* policy_id* mbi hicn medicare* medicaid* member_no member_num* beneficiary* subscriber*
        versichertennummer* kvnr health_plan* insurance_no insurance_num* insurance_id* group_number plan_id
    """,
    "account": "account_no account_num* account_id* acct* iban konto* kontonummer* bank_account* routing_number* cuenta* compte* card_no card_num*",
    "national_id": "ssn social social_sec* socsec* sozialversicherung* social_insurance* tax_id* passport* national_id* nino nhs_no nhs_number*",
    "url": "url urls homepage* home_page* website* web_site* webseite* web_page* site_web blog* profile_url* linkedin*",
    "handle": "handle* screen_name* user_name* username* login* nickname* nick twitter* instagram*",
    "ip": "ip ip_addr* ip_address* ip_int* client_ip* remote_addr* peer_ip* ip_adresse*",
    "street": "street strasse adresse* address addr home_address* street_address* anschrift* direccion* endereco* indirizzo* rue calle",
    "location": "lat latitude lon lng longitude coords* coordinate* geo_loc* geolocation* gps* location geohash* lat_lon* latlon*",
    "county": "fips county* county_fips* census_tract* tract tract_fips* block_group* geoid* kreis landkreis precinct* zcta*",
    "city": "city town municipality ort stadt ville wohnort* ciudad cidade gemeinde* residence",
    "name": "name patient patient_name* pt pt_name* full_name* client_name* nombre nom vorname* nachname* surname* last_name* first_name* given_name* maiden_name* contact_name* next_of_kin*",
    "fax": "fax* telefax*",
    "phone": "phone* telephone* telefon* tel mobile_no* cell handy* telefono* telephone telefoon* mobil*",
    "email": "email* e_mail* mail mail_address*",
    "age": "agep age_p age_at* age_years* age_in_years* patient_age* years_old*",
    "date_of_birth": "dob date_of_birth* birth_date* birthday* bday geburtsdatum* geburtstag* birthdate*",
    "date": "date date_of* admitted* admission_date* discharge discharge_date* discharged* visit visit_date* death_date* dod date_of_death* service_date* datum*",
}  # fmt: skip
"""Words by kind, beside those of `exports.columns.names`; here the name alone is enough to doubt a column."""

UNLESS = """
    count* counts n num_of number_of has_* is_* type* brand* model* flag* status* reason* los days length* duration*
    rate* ratio* score* group* band* yes_no optin opt_in disposition
"""
"""Words beside which a name speaks of something counted or sorted."""


@cache
def _anywhere() -> dict[str, re.Pattern[str]]:
    """Return the words of several parts, or with any ending, which may stand anywhere in a name."""
    return {kind: pattern_of(" ".join(_long(words))) for kind, words in WORDS.items()}


def _long(words: str) -> list[str]:
    return [word for word in words.split() if "_" in word.strip("_") or word.endswith("*")]


@cache
def _alone() -> dict[str, frozenset[str]]:
    """Return the words that must be the whole name: beside others they mean something else."""
    return {kind: frozenset(words.split()).difference(_long(words)) for kind, words in WORDS.items()}


def promised(name: str) -> tuple[str, ...]:
    """Return the identifiers that a column's name promises.

    Examples
    --------
    >>> promised("chart_no"), promised("visit_count"), promised("Kennzeichen"), promised("glucose")
    (('medical_record',), (), ('vehicle',), ())
    """
    plain = folded(words_of(name))
    if _unless().search(plain):
        return ()
    alone = [kind for kind, words in _alone().items() if plain in words]
    return tuple(dict.fromkeys([*alone, *_found(plain)]))


def _found(plain: str) -> list[str]:
    """Return the kinds of which a longer word is in a name."""
    return [kind for kind, one in _anywhere().items() if one.search(plain)]


@cache
def _unless() -> re.Pattern[str]:
    return pattern_of(UNLESS)

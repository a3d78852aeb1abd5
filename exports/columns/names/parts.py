"""Names of columns that mean something to the table as a whole, and words for yes and no."""

from __future__ import annotations

import re
from functools import cache

from exports.columns.names.words import folded, pattern_of

WORDS: dict[str, str] = {
    "household": """
        household* hh_id hhid hh_nr hh_no hhnr* family_id famid fam_id haushalt* hogar* id_hogar menage* id_menage
        domicilio_id famiglia* nucleo_familiare huishouden* gospodarstw* hane hane_no* hushall* husholdning*
        talouden_tunnus домохозяйств* 世帯* 家庭id* 户号* 가구* ori_hid hid fml famno serialno
    """,
    "weight": """
        sampling_weight* sample_weight* sampling_wgt* sample_wgt* survey_weight* survey_wgt* design_weight* person_weight* per_weight* perweight household_weight*
        hh_weight* final_weight* final_wgt* fnlwgt pwgtp wgtp wgt wt sampling_weight* weighting* weight_var* hochrechnungsfaktor* gewichtung*
        personengewicht* stichprobengewicht* ponderation* poids_de_sondage* poids_echantillon* ponderacion*
        factor_de_expansion* peso_muestral* peso_amostral* ponderacao* peso_campionario* weegfactor* wegingsfactor*
        waga_proby* agirlik_katsayisi* orneklem_agirligi* urvalsvikt* vekt_faktor otantapaino* ウェイト* 权重* 가중치* pondera* hwt pwt sampwt
        svywt
    """,
    "consent": """
        consent* opt_in* optin* opt_out* agreed agree_to* gdpr* permission* subscribed* einwillig* zustimm* einverstand* dsgvo*
        consentement* accord_rgpd rgpd* consentimiento* acepta* lopd consentimento* autorizacao* lgpd consenso* privacy_ok
        toestemming* akkoord* zgoda* rodo* onay* riza* kvkk* samtykke* samtycke* suostumus* souhlas* hozzajarul* consimtamant*
        соглас* 同意* 동의* موافقة* सहमति* συγκαταθεση* συναινεση*
    """,
    "time": """
        timestamp* time datetime* date_time* event_time* event_date* visit_date* visited* created* updated* occurred*
        logged* seen_at ts zeitstempel* zeitpunkt* besuchsdatum* termin* erstellt* horodatage* date_visite* date_de_visite* fecha_visita*
        fecha_de_visita* fecha_hora* marca_de_tiempo data_visita* data_da_consulta* data_hora* data_ora* tijdstip* bezoekdatum* data_wizyty* czas
        ziyaret_tarihi* islem_tarihi* zaman* tidspunkt* tidpunkt* besoksdatum* aikaleima* cas datum_navstevy* idopont*
        дата_визита* дата_посещения* время* 日時* 来店日* 时间* 訪問日* 就诊日期* 시간* 방문일* admission_date* discharge_date* admit* encounter_date* order_date* date
    """,
    "person": """
        person* patient* user* customer* client* member* subject* participant* respondent* individual* employee* student*
        subscriber* visitor* uid userid pid pnr persno kunde* patienten* nutzer* benutzer* teilnehmer* mitarbeiter* versicherte* proband*
        cliente* paciente* usuario* persona* utilisateur* assure* participant* utente* paziente* klant* gebruiker* deelnemer*
        klient* pacjent* uzytkownik* musteri* hasta* kullanici* kund* bruker* anvandare* asiakas* potilas* zakaznik* pacient* ugyfel* beteg* client*
        клиент* пациент* пользовател* человек* 顧客* 患者* 会員* ユーザー* 用户* 客户* 病人* 고객* 환자* 회원* المريض* العميل* मरीज*
    """,
}  # fmt: skip
"""Words of names of columns, by what the column is to the table."""

YES = frozenset(
    [
        "true",
        "t",
        "yes",
        "y",
        "1",
        "ja",
        "j",
        "jes",
        "oui",
        "o",
        "vrai",
        "si",
        "sì",
        "sí",
        "s",
        "verdadero",
        "verdadeiro",
        "sim",
        "vero",
        "tak",
        "evet",
        "e",
        "da",
        "sann",
        "kylla",
        "kyllä",
        "ano",
        "igen",
        "да",
        "д",
        "истина",
        "はい",
        "是",
        "同意",
        "예",
        "네",
        "نعم",
        "हाँ",
        "ναι",
        "on",
        "granted",
        "given",
        "accepted",
        "agreed",
        "opted_in",
        "opt_in",
        "subscribed",
        "x",
        "✓",
        "einverstanden",
        "accepte",
        "acepto",
        "aceptado",
        "accettato",
        "zgoda",
    ]
)
"""What counts as a consent given, in lower case."""

NO = frozenset(
    [
        "false",
        "f",
        "no",
        "n",
        "0",
        "nein",
        "non",
        "faux",
        "falso",
        "nao",
        "não",
        "nie",
        "hayir",
        "hayır",
        "nej",
        "nei",
        "ei",
        "ne",
        "nem",
        "nu",
        "нет",
        "н",
        "いいえ",
        "否",
        "不同意",
        "아니요",
        "아니오",
        "لا",
        "नहीं",
        "όχι",
        "off",
        "refused",
        "denied",
        "withdrawn",
        "declined",
        "rejected",
        "opted_out",
        "opt_out",
        "unsubscribed",
        "unknown",
        "none",
        "nee",
    ]
)
"""What counts as a consent refused."""


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the compiled lists."""
    return {part: pattern_of(words) for part, words in WORDS.items()}


def says_yes(answer: str) -> bool:
    """Tell whether an answer is a yes in any of the languages.

    Examples
    --------
    >>> [says_yes(one) for one in ("Ja", "oui", "Sí", "no", "")]
    [True, True, True, False, False]
    """
    plain = answer.strip().lower()
    return plain in YES or (folded(plain) in YES and plain not in NO)

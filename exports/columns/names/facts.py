"""Names of columns that hold what nobody should learn of somebody, in many languages."""

from __future__ import annotations

import re
from functools import cache

from exports.columns.names.words import folded, pattern_of, words_of

HEALTH = """
    abuse* addict* alcohol* allerg* anxi* asthma* bipolar* bmi cancer* cholest* clinic* cogn* condition* depress*
    diab* diagnos* diagnoz* disab* disease* disorder* drug* dementia* epilep* gad gad7* genetic* family_history* handicap* health* heart* hiv hlth* hypertens* icd icd9* icd10* illness*
    injur* insulin* medic* mental* obes* patholog* phq* phq9* pregnan* prescri* psych* smok* stroke* suicid* surger*
    symptom* therap* treat* tumor* vaccin* dphy drem deye dear dout ddrs
    krank* gesundheit* behinder* diagnose* befund* erkrank* therapie* behandlung* allergie* sucht* schwanger* medikament*
    pflegegrad* impf* raucher* blutdruck* blutgruppe* blood_type* blood_group*
    maladie* sante* handicap* diagnostic* traitement* grossesse* ordonnance* antecedents*
    enfermedad* salud* discapacidad* diagnostico* tratamiento* embarazo* medicament* medicacion*
    doenca* saude* deficiencia* tratamento* gravidez*
    malattia* patologia* salute* disabilita* diagnosi* terapia* gravidanza* farmac*
    ziekte* gezondheid* beperking* behandeling* zwanger*
    chorob* zdrow* niepelnospraw* rozpozn* diagnoza* leczen* ciaza*
    hastalik* saglik* engel* teshis* tani tedavi* gebelik* hamile* ilac*
    sykdom* sygdom* sjukdom* helse* halsa* diagnos* sairaus* terveys* nemoc* zdravi* betegseg* boala*
    болезн* заболев* здоров* инвалид* диагноз* лечен* 病名* 病気* 疾病* 診断* 诊断* 診斷* 健康* 障害* 残疾* 治療* 治疗* 질병* 진단* 건강* 장애*
    مرض* المرض* تشخيص* التشخيص* الصحة* बीमारी* निदान* स्वास्थ्य* ασθενεια* διαγνωση* υγεια*
"""

MONEY = """
    income* inc earning* lwage logwage wage* salar* debt* loan* credit_score* credit_limit* povert* asset* saving* net_worth* wealth* money taxinc* fedtax*
    statetax* agi rent_paid mortgage* bankrupt* balance* benefit_amount* pincp pincp_decile
    povpip hincp wagp
    einkommen* gehalt* gehalts* lohn* lohn verdienst* schulden* vermogen* kredit* bonitat* sozialhilfe*
    salaire* revenu* dette* patrimoine* remuneration*
    ingreso* salario* sueldo* renta deuda* patrimonio* renda* divida* vencimento*
    reddito* stipendio* debito* inkomen* salaris* loon schuld*
    zarobki* zarobk* dochod* pensja* wynagrodz* dlug* gelir* maas borc*
    inntekt* indkomst* inkomst* lonn palkka* tulot prijem* plat fizetes* jovedelem* venit* salariu*
    доход* зарплат* заработ* долг* 年収* 収入* 收入* 工资* 薪资* 薪資* 給与* 소득* 연봉* 급여* الدخل* الراتب* راتب* आय वेतन* εισοδημα* μισθος*
"""

BELIEF = """
    religi* faith* belief* ethnic* orient* sexual* party_affil* political* politic* polit_* vote* voting* union_member* union union_* trade_union* gewerkschaft* konfession*
    glaube* herkunft* weltanschauung* partei* partei_* ethnie* religion* syndicat* croyance* etnia* etnic* raza* orientacion* partido*
    sindicato* religiao* sindacat* vakbond* geloof* wyznan* pochodzen* zwiazek_zawodowy din mezhep* irk etnik* sendika*
    crime* criminal* conviction* arrest* felony* offence* offense* recidiv* sentence_length vorstraf* straftat* condamnation* antecedentes_penales*
    penale reato* strafblad* karalnosc* sabika* вероисповед* религи* национальность* судимост* 宗教* 信仰* 人種* 种族* 種族* 性的指向* 犯罪* 종교* 인종* الدين* الديانة*
    धर्म* जाति* θρησκεια* party
"""

TEST_ANSWERS = """
    score* grade* gpa rating_of_self gad* phq* dass* q1a q2a q3a q4a q5a q6a q7a q8a q9a q10a iq exam exams note_scolaire* notendurchschnitt* punktzahl*
    calificacion* voto wynik* puan* insur* assicurazion* versicherung* patient_status* versicherungsstatus*
"""


@cache
def _pattern() -> re.Pattern[str]:
    return pattern_of(" ".join((HEALTH, MONEY, BELIEF, TEST_ANSWERS)))


def sensitive_word(name: str) -> str | None:
    """Return the word of a column's name that tells of something that nobody should learn.

    Examples
    --------
    >>> sensitive_word("PHQ9_total"), sensitive_word("Krankheit"), sensitive_word("zarobki"), sensitive_word("age")
    ('phq', 'krank', 'zarobki', None)
    """
    words = folded(words_of(name))
    joined = re.sub(r"(?<=[a-z]) (?=[0-9])", "", words)
    match = _pattern().search(joined) or _pattern().search(words)
    return None if match is None else match.group()

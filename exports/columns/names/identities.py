"""Names of columns that hold who somebody is, or where and when they live, in many languages."""

from __future__ import annotations

import re
from functools import cache

from exports.columns.names.words import pattern_of

WORDS: dict[str, str] = {
    "email": """
        email* e_mail* mail* correo* courriel* mel adresse_mel poczta* eposta* e_posta* epost* e_post* sahkoposti*
        elektronicka_posta posta_elettronica электронн* почта имейл эл_почта メール* 电子邮* 電子郵* 邮箱* 郵箱*
        信箱 이메일* 메일* البريد* بريد ईमेल* ηλεκτρονικ* ταχυδρομει* email_адрес пошта
    """,
    "phone": """
        phone* telephone* tel contact_number* contact_no kontaktnummer* telefon* telefono* telefone* telefoon* telef* tlf tlf_nr mobil mobile* mobilnummer
        mobil_nr mobiltelefon* handy* handynummer festnetz* rufnummer* durchwahl natel celular* cellular* cellulare
        cell_phone* cell movil* movel portable portatile gsm* komorka komorkowy numer_telefonu nr_telefonu cep_tel*
        cep_no puhelin* matkapuhelin* whatsapp* msisdn телефон* тел моб* мобильн* 電話* 电话* 携帯* 手机* 手機* 전화*
        휴대* 핸드폰* هاتف* الهاتف* جوال* फ़ोन* फोन* मोबाइल* τηλεφων* κινητο*
    """,
    "fax": "fax* telefax* faks* факс* 传真* 傳真* 팩스* ファックス*",
    "first_name": """
        first_name given_name fore_name christian_name vorname* rufname prenom* nombre_de_pila primer_nombre
        nome_proprio primeiro_nome voornaam* imie imiona fornavn fornamn etunimi krestni_jmeno имя keresztnev
        prenume 名 お名前_名 이름_명 الاسم_الأول nome_di_battesimo tilltalsnamn on_ad ilk_ad
    """,
    "last_name": """
        last_name family_name surname* maiden_name nachname* familienname* zuname geburtsname nom nom_de_famille
        apellido* sobrenome* apelido* cognome* achternaam* familienaam nazwisko* soyad* soyisim* efternavn
        efternamn etternavn sukunimi prijmeni* фамилия* отчество vezeteknev nume_de_familie 姓 苗字 名字 성씨
        اللقب επωνυμο
    """,
    "name": """
        full_name name vollname vollstandiger_name nom_complet nom_prenom nombre nombre_completo nombre_y_apellidos
        nome nome_completo nome_e_cognome nominativo naam volledige_naam imie_nazwisko imie_i_nazwisko ad_soyad adi
        adi_soyadi isim isim_soyisim navn namn nimi jmeno_a_prijmeni jmeno celé_jmeno фио имя_фамилия teljes_nev nev
        nume_complet 氏名* 名前* お名前* 姓名* 이름* 성명* الاسم* اسم नाम* ονομα* ονοματεπωνυμο*
    """,
    "person": """
        kunde* kundin* mandant* patient* patienten* versicherte* mitarbeiter* ansprechpartner* empfanger* absender*
        besteller* inhaber* halter* schuler* klient* cliente* paciente* empleado* titular* client* customer*
        employee* contact* kontakt* recipient* sender* holder* beneficiary* author* owner* attendee* student* teacher*
        doctor* physician* therapist* arzt* paziente* dipendente* medewerker* klant* pacjent* pracownik* hasta*
        musteri* calisan* ogrenci* kunde_navn kund patsient* пациент* клиент* сотрудник* заказчик* 患者* 顧客* 客户*
        客戶* 会員* 会员* 환자* 고객* المريض* العميل* मरीज़* who whom member*
    """,
    "street": """
        street* strasse* str anschrift* adresse* address* addr direccion* domicilio* calle endereco* rua logradouro
        indirizzo* via_e_numero adres* ulica* straat* sokak* cadde* adresa gatuadress* gateadresse vejnavn osoite*
        adr wohnort_strasse hausnummer rue voie lakcim utca адрес* улица* 住所* 地址* 주소* العنوان* عنوان पता
        διευθυνσ*
    """,
    "postal_code": """
        zip* zcta* postal* post_code* postcode* plz* postleitzahl* npa code_postal* cp codigo_postal* cep cap
        codice_postale kod_pocztowy* posta_kodu* postnummer* postnr postinumero* psc iranyitoszam cod_postal
        почтовый_индекс индекс 郵便番号* 邮编* 邮政编码* 郵遞區號* 우편번호* الرمز_البريدي पिन_कोड pin_code pincode
        ταχυδρομικος_κωδικας
    """,
    "city": """
        city town municipality ort wohnort* stadt gemeinde* ville commune ciudad* municipio* localidad cidade* citta
        comune stad woonplaats gemeente miasto* miejscowosc* sehir* ilce kommune kommun by ort_stad kaupunki* kunta
        mesto obec varos* oras* город* населенный_пункт 市* 市区町村* 城市* 都市* 도시* المدينة* مدينة शहर* πολη*
    """,
    "state": """
        state province bundesland* kanton* canton* region* departement* provincia* estado* comunidad_autonoma uf
        regione* provincie* wojewodztwo* il eyalet* lan fylke* kraj judet* область* регион* 都道府県* 省* 州*
    """,
    "county": "county counties landkreis* kreis powiat* okres*",
    "country": """
        country* nation* nationality* land wohnland herkunftsland staatsangehorigkeit* nationalite* pays pais*
        nacionalidad* nacionalidade* paese* nazionalita* cittadinanza kraj_pochodzenia obywatelstwo* ulke* uyruk*
        nationalitet* maa zeme statni_prislusnost страна* гражданство* 国 国籍* 國家* 국가* 국적* الدولة* बلد देश*
        χωρα* land_of_origin birth_country
    """,
    "date_of_birth": """
        dob birth* born yob bday bdate birthdate* ngày_sinh geburt* geboren* geb_datum gebdat geb naissance* ne_le date_naiss* nacimiento*
        fecha_nac* nascimento* data_nasc* nascita* nato_il geboorte* gebdatum urodz* data_ur dogum* fodsel* fodt*
        fodelse* fodd syntym* narozeni* datum_nar szuletes* nastere* рожд* дата_рожд* 生年月日* 誕生日* 出生* 生日*
        생년월일* 생일* 출생* تاريخ_الميلاد* الميلاد जन्म* γεννησ*
    """,
    "date": """
        date* datum* fecha* data_di* data_wizyty tarih* dato dato_for pvm дата* 日付* 日期* 날짜* تاريخ* तारीख* ημερομηνι*
    """,
    "gender": """
        gender* sex sexe sexo sesso geschlecht* genre genero* geslacht* plec cinsiyet* kjonn* kon kjon sukupuoli*
        pohlavi* nem пол 性別* 性别* 성별* الجنس लिंग φυλο
    """,
    "age": "age alter edad idade eta leeftijd wiek yas alder ika vek eletkor varsta возраст* 年齢* 年龄* 年齡* 나이* 연령* العمر उम्र ηλικια",
    "national_id": """
        national_id* passport* reisepass* personalausweis* ausweis* steuer_id* steueridentifikation* steuernummer*
        sozialversicherung* sv_nummer svnr ahv* nino nhs* nir insee* numero_de_securite_sociale secu cpf cnpj curp
        dni nie nif cedula* pasaporte* passaporte* codice_fiscale* cod_fisc* passaporto* bsn burgerservice*
        rijksregister* pesel* nip dowod* paszport* tckn tc_kimlik* kimlik* pasaport* personnummer* cpr* cpr_nr
        fodselsnummer* henkilotunnus* hetu rodne_cislo* cnp taj инн снилс* паспорт* マイナンバー* 旅券* 身份证* 身分證*
        护照* 주민등록* 여권* aadhaar* aadhar* pan_card tin tax_id* رقم_الهوية* الهوية*
    """,
    "medical_record": """
        mrn medical_record* patient_id* patient_no* patient_num* patientennummer* patienten_id* patientenid* fallnummer*
        historia_clinica* numero_paciente* id_paziente* cartella_clinica* prontuario* patientnummer* numer_pacjenta*
        id_pacjenta* hasta_no* protokol_no* num_dossier* dossier_patient номер_карты* 患者番号* 患者id* 病历号* 病歷號*
        환자번호*
    """,
    "health_plan": """
        health_plan* insurance_id* insurance_no* insurance_num* member_id* member_no* versichertennummer*
        krankenversichertennummer* kvnr* numero_afiliado* tarjeta_sanitaria* numero_secu carte_vitale* sigorta_no*
        保険証番号* 医保号*
    """,
    "account": """
        iban account account_no* account_num* bank_account* konto kontonummer* konto_nr* bankverbindung* cuenta*
        cuenta_bancaria* compte compte_bancaire* rib conta conta_bancaria* conto conto_corrente* rekening*
        rekeningnummer* numer_konta* rachunek* hesap hesap_no* kontonr счет* расчетный_счет* 口座* 账号* 帳號* 银行卡*
        계좌* الحساب* آيبان
    """,
    "card": """
        card_no* card_num* credit_card* creditcard* cc_num* kreditkarte* karte kartennummer* kartennr* tarjeta*
        carte carte_bancaire* cartao* carta_di_credito* kaart* kaartnummer* karta karta_kredytowa* numer_karty*
        kart_no* kredi_kart* kortnummer* pago номер_карты_банка* банковская_карта* カード番号* 信用卡* 카드번호*
        debit_card* pan
    """,
    "ip": "ip ip_addr* ip_address* ipv 4 client_ip remote_ip remote_addr* ip_adresse* direccion_ip adresse_ip peer_ip",
    "external_id": """
        user_id* uid customer_id* client_id* person_id* member_id external_id* extern_id* crm_id* account_id*
        subscriber_id* visitor_id* subject_id* participant_id* respondent_id* employee_id* student_id* kunden_id*
        kundennummer* kunden_nr* kundennr* personen_id* mitarbeiter_id* mitarbeiternummer* personalnummer*
        teilnehmer_id* benutzer_id* id_cliente* id_usuario* id_persona* numero_cliente* id_client* id_utilisateur*
        num_client* numero_client* id_utente* codice_cliente* klantnummer* klant_id* gebruikers_id* id_klienta*
        numer_klienta* musteri_no* musteri_id* kullanici_id* kundenummer* kundnummer* id_клиента* номер_клиента*
        顧客番号* 会員番号* 客户编号* 用户id* 고객번호* 회원번호*
    """,
    "handle": """
        user_name* username* login* nick* nickname* handle* screen_name* benutzername* nutzername* usuario
        nombre_de_usuario nom_d_utilisateur pseudo utilisateur nome_utente gebruikersnaam* nazwa_uzytkownika*
        kullanici_adi* anvandarnamn* brukernavn* kayttajanimi* логин* ユーザー名* 用户名* 使用者名稱* 사용자명* twitter*
        instagram* skype* telegram* mastodon*
    """,
    "license": """
        licence* license* fuhrerschein* permis_de_conduire licencia_de_conducir carteira_de_motorista
        patente* rijbewijs* prawo_jazdy* ehliyet* korkort* водительское*
    """,
    "vehicle": """
        vin number_plate* license_plate* vehicle_id* kennzeichen* kfz* fahrgestell* immatriculation* matricula* targa
        kenteken* tablica* numer_rejestracyjny* plaka* nummerplade* номер_авто* 車両番号* 车牌*
    """,
    "photo": "photo* picture* avatar* portrait* foto* bild imagen_de imagem_de foto_de zdjecie* fotograf* фото* 写真* 照片* 사진*",
    "free_text": """
        comment* remark* note notes free_text* freitext* bemerkung* kommentar* anmerkung* notiz* commentaire*
        remarque* comentario* observacion* observacao* nota notas commento* osservazion* note_libere opmerking*
        uwagi komentarz* aciklama* yorum* not_alani bemarkning* merknad* poznamka* megjegyzes* комментар* примечание*
        備考* コメント* 备注* 評論* 비고* ملاحظات* description_of
    """,
}  # fmt: skip
"""Words of names of columns by kind: English, German, French, Spanish, Portuguese, Italian, Dutch, Polish,
Turkish, the Nordic languages, Czech, Hungarian, Romanian, Russian, Japanese, Chinese, Korean, Arabic, Hindi,
Greek; without accents."""

UNLESS: dict[str, str] = {
    "name": """
        product* event* file* company* brand* drug* city* country* state* column* field* host* domain* project*
        study* trial* school* team* util* hospital* station* sensor* model* gene* species* firmen* firma* produkt* produktname
        dateiname* artikel* entreprise* produit* empresa* producto* azienda* prodotto* bedrijf* stad* ort* sehir*
        group* category* department* course* song* track* album* book* movie* title* lake* river* park* plant*
        region* county* street* league* club* store* shop* site* page* app* browser* device* os campaign* list*
        segment* channel* var* variable* class* type* item* food* row* sheet* table* job* ship* party* dataset*
    """,
    "street": "e_mail* mail* ip mac web* wallet* url* postal* ipv* device* bluetooth*",
    "email": "opt* consent* sent* count* open* click* status* num* n anzahl* subscribed* verified* bounce* provider* zip* code* room* box*",
    "phone": "model* brand* type* os has* is* use* own* count* service* plan* num_phones verified* call_duration*",
    "state": "status* of statement* employment* marital* mental* emotion* health* machine*",
    "account": "type* status* balance* age* created* manager* id number_of*",
    "card": "type* status* brand* score* report* business* post* id_card* sd yellow* red*",
    "person": """
        count* num* number* n type* id* status* satisfaction* time* date* age* age_at* price* score* group* class* segment*
        anzahl* typ* nr* no category* gender* sex* rating* since* value* hours* visits* ratio* rate*
    """,
    "date": "up* time_to* dated* format* data_type* data_source*",
    "age": "group* band* class*",
    "date_of_birth": "weight* order* rate* place* country* city* state* control* num* births length* height* gewicht* ort land name* month_count* outcome*",
    "city": "code* size*",
    "country": "code_count* area*",
    "license": "type* software* plate* open*",
    "ip": "version* type*",
    "handle": "ratio* count* attempts* time* date* type* failed* success* at hours*",
    "fax": "sent* count*",
    "free_text": "count* num* length* id*",
    "photo": "count* num* has* url_count*",
    "gender": "ratio* gap*",
    "vehicle": "type* class* count*",
    "national_id": "type* status* issued* expir*",
}
"""Words beside which a word of the same kind means something else."""


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the compiled lists, by kind."""
    return {kind: pattern_of(words) for kind, words in WORDS.items()}


@cache
def contrary() -> dict[str, re.Pattern[str]]:
    """Return the compiled lists of what speaks against a kind."""
    return {kind: pattern_of(words) for kind, words in UNLESS.items()}

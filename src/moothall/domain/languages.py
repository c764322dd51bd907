"""The languages that content can be in: ISO 639-1, each under its own name.

The position is the language's id in the database and in the API, so an entry never moves; a new
one is added at the end. Id 0 is "undetermined": the writer did not say.
"""

# ruff: noqa: RUF001 -- names are written as their speakers write them
from .ids import LanguageId
from .site import Language

UNDETERMINED = LanguageId(0)

_NAMES = """
und Undetermined
aa Afaraf
ab Аҧсуа бызшәа
ae Avesta
af Afrikaans
ak Akan
am አማርኛ
an Aragonés
ar العربية
as অসমীয়া
av Авар мацӀ
ay Aymar aru
az Azərbaycan dili
ba Башҡорт теле
be Беларуская мова
bg Български език
bi Bislama
bm Bamanankan
bn বাংলা
bo བོད་ཡིག
br Brezhoneg
bs Bosanski jezik
ca Català
ce Нохчийн мотт
ch Chamoru
co Corsu
cr ᓀᐦᐃᔭᐍᐏᐣ
cs Čeština
cu Ѩзыкъ словѣньскъ
cv Чӑваш чӗлхи
cy Cymraeg
da Dansk
de Deutsch
dv ދިވެހި
dz རྫོང་ཁ
ee Eʋegbe
el Ελληνικά
en English
eo Esperanto
es Español
et Eesti
eu Euskara
fa فارسی
ff Fulfulde
fi Suomi
fj Vakaviti
fo Føroyskt
fr Français
fy Frysk
ga Gaeilge
gd Gàidhlig
gl Galego
gn Avañe'ẽ
gu ગુજરાતી
gv Gaelg
ha هَوُسَ
he עברית
hi हिन्दी
ho Hiri Motu
hr Hrvatski
ht Kreyòl ayisyen
hu Magyar
hy Հայերեն
hz Otjiherero
ia Interlingua
id Bahasa Indonesia
ie Interlingue
ig Asụsụ Igbo
ii ꆈꌠ꒿
ik Iñupiaq
io Ido
is Íslenska
it Italiano
iu ᐃᓄᒃᑎᑐᑦ
ja 日本語
jv Basa Jawa
ka ქართული
kg Kikongo
ki Gĩkũyũ
kj Kuanyama
kk Қазақ тілі
kl Kalaallisut
km ភាសាខ្មែរ
kn ಕನ್ನಡ
ko 한국어
kr Kanuri
ks कश्मीरी
ku Kurdî
kv Коми кыв
kw Kernewek
ky Кыргызча
la Latina
lb Lëtzebuergesch
lg Luganda
li Limburgs
ln Lingála
lo ພາສາລາວ
lt Lietuvių kalba
lu Kiluba
lv Latviešu valoda
mg Fiteny malagasy
mh Kajin M̧ajeļ
mi Te reo Māori
mk Македонски јазик
ml മലയാളം
mn Монгол хэл
mr मराठी
ms Bahasa Melayu
mt Malti
my ဗမာစာ
na Dorerin Naoero
nb Norsk bokmål
nd IsiNdebele
ne नेपाली
ng Owambo
nl Nederlands
nn Norsk nynorsk
no Norsk
nr IsiNdebele seSewula
nv Diné bizaad
ny ChiCheŵa
oc Occitan
oj ᐊᓂᔑᓈᐯᒧᐎᓐ
om Afaan Oromoo
or ଓଡ଼ିଆ
os Ирон æвзаг
pa ਪੰਜਾਬੀ
pi पाऴि
pl Polski
ps پښتو
pt Português
qu Runa Simi
rm Rumantsch grischun
rn Ikirundi
ro Română
ru Русский
rw Ikinyarwanda
sa संस्कृतम्
sc Sardu
sd सिन्धी
se Davvisámegiella
sg Yângâ tî sängö
si සිංහල
sk Slovenčina
sl Slovenščina
sm Gagana fa'a Samoa
sn ChiShona
so Soomaaliga
sq Shqip
sr Српски језик
ss SiSwati
st Sesotho
su Basa Sunda
sv Svenska
sw Kiswahili
ta தமிழ்
te తెలుగు
tg Тоҷикӣ
th ไทย
ti ትግርኛ
tk Türkmen
tl Wikang Tagalog
tn Setswana
to Faka Tonga
tr Türkçe
ts Xitsonga
tt Татар теле
tw Twi
ty Reo Tahiti
ug ئۇيغۇرچە
uk Українська
ur اردو
uz Ўзбек
ve Tshivenḓa
vi Tiếng Việt
vo Volapük
wa Walon
wo Wollof
xh IsiXhosa
yi ייִדיש
yo Yorùbá
za Saɯ cueŋƅ
zh 中文
zu IsiZulu
"""


def _languages() -> tuple[Language, ...]:
    lines = [line.split(" ", 1) for line in _NAMES.strip().splitlines()]
    return tuple(
        Language(LanguageId(position), code, name) for position, (code, name) in enumerate(lines)
    )


LANGUAGES = _languages()

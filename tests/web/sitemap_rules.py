"""A strict look at a sitemap: what sitemaps.org/protocol.html asks of one."""

from urllib.parse import urlsplit

from lxml import etree

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_URLS = 50_000
MOST_BYTES = 52_428_800
LONGEST = 2048  # characters of an address: fewer than so many
#: Of W3C Datetime: complete date with hours, minutes and seconds, and a zone.
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"

SCHEMA = f"""
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}"
    xmlns="{NAMESPACE}" elementFormDefault="qualified">
  <xsd:element name="urlset"><xsd:complexType><xsd:sequence>
    <xsd:element name="url" type="listed" maxOccurs="{MOST_URLS}"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="sitemapindex"><xsd:complexType><xsd:sequence>
    <xsd:element name="sitemap" type="listed" maxOccurs="{MOST_URLS}"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:complexType name="listed"><xsd:sequence>
    <xsd:element name="loc"><xsd:simpleType><xsd:restriction base="xsd:anyURI">
      <xsd:minLength value="12"/><xsd:maxLength value="{LONGEST - 1}"/>
    </xsd:restriction></xsd:simpleType></xsd:element>
    <xsd:element name="lastmod" minOccurs="0"><xsd:simpleType><xsd:restriction base="xsd:dateTime">
      <xsd:pattern value="{DATE}"/>
    </xsd:restriction></xsd:simpleType></xsd:element>
  </xsd:sequence></xsd:complexType>
</xsd:schema>
"""

_schema = etree.XMLSchema(etree.fromstring(SCHEMA))


def read_sitemap(body: bytes, url: str) -> tuple[str, list[str]]:
    """Return (what it is, the addresses in it) of a sitemap at `url`; fails where it breaks a rule."""
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert len(body) <= MOST_BYTES
    tree = etree.fromstring(body)
    _schema.assertValid(tree)
    found = [str(element.text) for element in tree.iter(f"{{{NAMESPACE}}}loc")]
    assert len(found) == len(set(found)), "an address is listed twice"
    folder = url[: url.rindex("/") + 1]
    for address in found:
        parts = urlsplit(address)
        assert parts.scheme in ("http", "https"), address
        assert parts.netloc, address
        assert not parts.fragment, address
        assert address.isascii(), address
        assert " " not in address, address
        assert address.startswith(folder), "it lies above the folder of the sitemap"
    return etree.QName(tree).localname, found

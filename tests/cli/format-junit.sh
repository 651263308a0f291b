# JUnit XML: well-formed whatever the names hold, and by the schema below: elements and attributes that Jenkins' reader allows.
set -eu
. "$(dirname "$0")/format-helpers"
cd "$TMP"
cat >junit.xsd <<'END'
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:complexType name="outcome" mixed="true">
    <xs:attribute name="type" type="xs:string"/>
    <xs:attribute name="message" type="xs:string"/>
  </xs:complexType>
  <xs:element name="testcase">
    <xs:complexType>
      <xs:choice minOccurs="0" maxOccurs="unbounded">
        <xs:element name="failure" type="outcome"/>
        <xs:element name="error" type="outcome"/>
        <xs:element name="skipped" type="outcome"/>
        <xs:element name="system-out" type="xs:string"/>
      </xs:choice>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="classname" type="xs:string"/>
      <xs:attribute name="time" type="xs:decimal"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="testsuite">
    <xs:complexType>
      <xs:sequence><xs:element ref="testcase" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
      <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
      <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
      <xs:attribute name="time" type="xs:decimal"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="testsuites">
    <xs:complexType><xs:sequence><xs:element ref="testsuite" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
  </xs:element>
</xs:schema>
END
# valid FILE
valid() { xmllint --noout --schema junit.xsd "$1" 2>xml.err || { cat xml.err >&2; fail "$1"; }; }

samples junit
for document in empty everything static recording odd many; do valid $document.junit; done
cat >read.py <<'END'
import xml.etree.ElementTree as tree

def read(name):
    suite = tree.parse(name).getroot().find("testsuite")
    cases = suite.findall("testcase")
    for attribute, element in [("failures", "failure"), ("errors", "error")]:
        assert int(suite.get(attribute)) == sum(case.find(element) is not None for case in cases), name
    assert int(suite.get("tests")) == len(cases)
    return cases

[case] = read("empty.junit")
assert not list(case)
first, second, complete = read("everything.junit")
assert first.get("classname") == "dns.getaddrinfo" and "confirmed: 12 stalls" in first.find("failure").text
assert "called through conn->handler, stored at src/conn.c:12 (one of 3)\n" in first.find("failure").text
assert complete.find("failure").get("type") == "incomplete" and "src/foo.c" in complete.find("failure").text
odd = read("odd.junit")
assert len(odd) == 9
assert odd[2].find("failure").get("message") == "line\nbreak\r\ttab\ufffd\ufffd[31m\ufffd"
assert odd[0].find("failure").get("message") == "</script><img src=x onerror=alert(1)>"
assert len(read("many.junit")) == 3334
END
python3 read.py || fail "the test cases"

odd_project odd >name
scan 1 --output junit
valid out
grep -qF "gr&#252;n" out && fail "what need not be escaped is"
grep -q '<failure type="error" message="sleep() sleeps' out || fail "the failure"
! grep -q usleep out || fail "a suppressed finding"
# The recorder's own, with a case for each bound, keeps the schema too.
"$BLOCKSCAN" record -q -o stalls.db --fail-over 60s --output junit=record.xml -- sh -c 'exit 3' || [ $? = 3 ] || fail "record"
python3 -c 'import sys; t = open("record.xml").read(); open("whole.xml", "w").write(t.replace("?>\n", "?>\n<testsuites>", 1) + "</testsuites>")'
valid whole.xml

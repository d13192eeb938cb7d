package dev.pawl.protocol.uwer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.crypto.Data;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.TransformService;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import org.junit.jupiter.api.Test;

/** Exclusive C14N against the implementation that signs documents in the JDK. */
class CanonicalXmlTest {
  private static final List<String> DOCUMENTS = List.of(
      "<a/>",
      "<a b='1' a=\"2\"/>",
      "<a xmlns='urn:a'><b xmlns=''><c xmlns='urn:a'/></b><d/></a>",
      "<p:a xmlns:p='urn:p' xmlns:q='urn:q'><q:b p:x='1' y='2' q:z='3'/><p:c xmlns:p='urn:other'/></p:a>",
      "<a xmlns:unused='urn:u'><b xmlns:q='urn:q'><q:c/><q:d q:e='1'/></b></a>",
      "<a xmlns:z='urn:1' xmlns:y='urn:2' z:k='1' y:k='2' k='3'/>",
      "<a>\n  text &amp; &lt; &gt; \" ' &#13; &#9; \u00e4 \uD83D\uDE00</a>",
      "<a b='&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13; x\n\ty'/>",
      "<a><!-- gone --><?pi some data?><?empty?><![CDATA[<&>]]>tail</a>",
      "<a xml:lang='de' xml:space='preserve'><b xml:lang='en'/></a>",
      "<a xmlns='urn:a' xmlns:p='urn:a'><p:b/><b/></a>",
      "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b></p:a>",
      "<a>\r\nline\rend</a>");

  @Test
  void equalsTheJdks() throws Exception {
    for (String document : DOCUMENTS) {
      assertThat(CanonicalXml.ofDocument(document)).as(document).isEqualTo(oracle(document));
    }
  }

  @Test
  void isStable() {
    for (String document : DOCUMENTS) {
      String once = CanonicalXml.ofDocument(document);
      assertThat(CanonicalXml.ofDocument(once)).isEqualTo(once);
    }
  }

  private static String oracle(String document) throws Exception {
    TransformService service = TransformService.getInstance(CanonicalizationMethod.EXCLUSIVE, "DOM");
    service.init((TransformParameterSpec) null);
    Data result = service.transform(
        new OctetStreamData(new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8))), null);
    return new String(((OctetStreamData) result).getOctetStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}

package dev.pawl.server.job;

import dev.pawl.server.http.Incoming;
import java.util.Locale;

/** In which form an answer goes back: as the caller asks for it, or else as it speaks. */
enum Form {
  JSON("application/json"),
  XML("application/xml");

  private final String contentType;

  Form(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  static boolean isXml(String media) {
    return media.equals("application/xml") || media.equals("text/xml");
  }

  /** Of {@code Accept} the first that is spoken here counts; without one, or with any, the form of the request. */
  static Form of(Incoming request) {
    String accept = request.header("accept");
    if (accept != null) {
      for (String one : accept.toLowerCase(Locale.ROOT).split(",")) {
        String media = one.split(";", 2)[0].strip();
        if (isXml(media)) return XML;
        if (media.equals("application/json")) return JSON;
      }
    }
    return isXml(request.media()) ? XML : JSON;
  }
}

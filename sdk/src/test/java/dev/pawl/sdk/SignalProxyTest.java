package dev.pawl.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalProxyTest {
  interface Words {
    void say(String word);

    void stop();

    default void shout(String word) {
      say(word.toUpperCase(java.util.Locale.ROOT));
    }
  }

  interface Answers {
    String ask(String question);
  }

  interface Pairs {
    void pair(String a, String b);
  }

  @Test
  void eachMethodIsTheSignalOfItsName() {
    List<String> sent = new ArrayList<>();
    Words words = SignalProxy.of(Words.class, (name, input) -> sent.add(name + " " + input));
    words.say("hi");
    words.shout("ho");
    words.stop();
    assertThat(sent).containsExactly("say hi", "say HO", "stop null");
    assertThat(words).hasToString("signals of Words").isEqualTo(words).isNotEqualTo(null);
  }

  @Test
  void whatIsNoSignalIsRefusedAtOnce() {
    for (Class<?> wrong : List.of(Answers.class, Pairs.class, String.class)) {
      assertThatThrownBy(() -> SignalProxy.of(wrong, (name, input) -> {})).isInstanceOf(IllegalArgumentException.class);
    }
  }
}

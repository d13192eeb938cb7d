package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Layer {@code aes256gcm:KEY}: AES-256 in Galois/counter mode. The bytes are a random nonce of 12 bytes, the encrypted
 * payload and a tag of 16 bytes. The whole codec, with the key's name and all layers below, is bound to them as associated
 * data: a payload that was relabelled is refused like one that was changed. The same value gives other bytes each time.
 *
 * <p>With random nonces a key should not encrypt more than four billion payloads; rotate before.
 */
public final class Encryption implements PayloadCodec {
  private static final String NAME = "aes256gcm";
  private static final int NONCE = 12;
  private static final int TAG = 16;

  private final KeyRing keys;
  private final SecureRandom random = new SecureRandom();

  private Encryption(KeyRing keys) {
    this.keys = keys;
  }

  public static Encryption aes256gcm(KeyRing keys) {
    return new Encryption(keys);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Payload encode(Payload payload) {
    String id = keys.current();
    if (!KeyRing.NAME.matcher(id).matches()) throw new PayloadException("no name for a key: '%s'".formatted(id));
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    String codec = payload.codec() + "+" + NAME + ":" + id;
    byte[] coded = Arrays.copyOf(nonce, NONCE + payload.size() + TAG);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, id, nonce, codec);
      cipher.doFinal(payload.bytes(), 0, payload.size(), coded, NONCE);
    } catch (GeneralSecurityException e) {
      throw new PayloadException("a payload can't be encrypted with key '%s'".formatted(id), e);
    }
    return PayloadCodec.layer(payload, NAME, id, coded);
  }

  @Override
  public Payload decode(Payload payload) {
    String id = PayloadCodec.lastParameter(payload.codec());
    byte[] coded = payload.bytes();
    if (coded.length < NONCE + TAG) {
      throw new PayloadException("an encrypted payload of only %d bytes".formatted(coded.length));
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, id, Arrays.copyOf(coded, NONCE), payload.codec());
      return Payload.wrap(PayloadCodec.below(payload.codec()), cipher.doFinal(coded, NONCE, coded.length - NONCE));
    } catch (AEADBadTagException e) {
      throw new PayloadException("a payload was not encrypted with the key '%s' that is here, or it was changed"
          .formatted(id), e);
    } catch (GeneralSecurityException e) {
      throw new PayloadException("a payload can't be decrypted with key '%s'".formatted(id), e);
    }
  }

  private Cipher cipher(int mode, String id, byte[] nonce, String codec) throws GeneralSecurityException {
    byte[] key = keys.key(id).orElseThrow(() -> new PayloadException(
        "the key '%s' is not among the keys of this process".formatted(id)));
    if (key.length != 32) throw new PayloadException("key '%s': expected 32 bytes".formatted(id));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG * 8, nonce));
    cipher.updateAAD(codec.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}

package dev.pawl.engine.duty;

import dev.pawl.core.run.Mail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Mails that this node posted and that are due soon: no need to ask the database for them. Bounded; losing one is
 * harmless.
 */
final class NearMail {
  private static final int MOST = 200_000;

  private record Entry(Mail mail, long order) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int byTime = mail.due().compareTo(other.mail.due());
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Entry> byTime = new PriorityQueue<>();
  private final Map<Mail.Key, Entry> byKey = new HashMap<>();
  private long count;

  /** @return whether it is the first one that is due now */
  boolean add(Mail mail) {
    lock.lock();
    try {
      if (byKey.size() >= MOST) return false;
      Entry entry = new Entry(mail, count++);
      byKey.put(mail.key(), entry);
      byTime.add(entry);
      // Mails that were taken back stay in the heap until their time, so that taking back is cheap; not without limit.
      if (byTime.size() > 2 * byKey.size() + 10_000) byTime.removeIf(old -> byKey.get(old.mail.key()) != old);
      return byTime.peek() == entry;
    } finally {
      lock.unlock();
    }
  }

  void remove(Mail.Key key) {
    lock.lock();
    try {
      byKey.remove(key);
    } finally {
      lock.unlock();
    }
  }

  List<Mail> takeDue(Instant now, int limit) {
    lock.lock();
    try {
      List<Mail> due = new ArrayList<>();
      while (due.size() < limit) {
        Entry next = byTime.peek();
        if (next == null || next.mail.due().isAfter(now)) break;
        byTime.poll();
        if (byKey.remove(next.mail.key(), next)) due.add(next.mail);
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  @Nullable Instant next() {
    lock.lock();
    try {
      Entry next = byTime.peek();
      return next == null ? null : next.mail.due();
    } finally {
      lock.unlock();
    }
  }
}

package dev.pawl.conformance.suite;

import dev.pawl.conformance.scene.Feature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Cases in the order of the contract. */
public final class Suite {
  private final Map<String, Case> cases = new LinkedHashMap<>();
  private final Map<String, String> sections = new LinkedHashMap<>();

  /** A section of the contract, and what its cases need of a server. */
  public final class Section {
    private final String number;
    private final Set<Feature> needs;

    private Section(String number, Feature... needs) {
      this.number = number;
      this.needs = Set.of(needs);
    }

    /** @param row names the row, in this section once */
    public Section check(String row, String title, Case.Body body, Feature... more) {
      Set<Feature> all = new java.util.TreeSet<>(needs);
      all.addAll(List.of(more));
      String id = number + "/" + row;
      if (cases.put(id, new Case(id, title, all, body)) != null) {
        throw new IllegalStateException("there are two cases " + id);
      }
      return this;
    }
  }

  public Section section(String number, String title, Feature... needs) {
    sections.put(number, title);
    return new Section(number, needs);
  }

  public List<Case> cases() {
    return new ArrayList<>(cases.values());
  }

  /** Those whose id begins so. */
  public List<Case> cases(String prefix) {
    return cases.values().stream().filter(one -> one.id().startsWith(prefix)).toList();
  }

  /** Title of the section of a case. */
  public String section(Case one) {
    return sections.getOrDefault(one.id().substring(0, one.id().indexOf('/')), "");
  }
}

package dev.pawl.examples.inventory;

/** The shop's own system. It fails now and then. */
public interface Shop {
  void show(int sku, int pieces) throws Exception;
}

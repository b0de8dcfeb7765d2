/*
 * Lap gate: stamps the edges of one sensor by the timer's input capture, to half a microsecond, and keeps the last 64 until
 * the computer says that it has them on disk. ATmega328P at 16 MHz (Arduino Uno, Nano): sensor to pin 8 (ICP1), pull-up on.
 *
 * The line: 500,000 baud 8N1, text lines that end in a newline, fields in hex, and last a CRC-16 (XMODEM) of what is before it.
 *
 *   to the computer    H board boot version               hello: after a reset, and when asked
 *                      E boot seq ticks level             an edge; level 0 or 1, +2 where software stamped it (some µs late)
 *                      P id boot received answered acked oldest next   answer to a probe
 *   from the computer  ?                                  say hello
 *                      P id                               what does the clock show
 *                      A boot seq                         all edges before seq are on disk
 *                      R boot seq                         send again, from seq on
 *                      N board                            be called so (once; a board comes without a name)
 *
 * A tick is 8 cycles: 0.5 µs. `boot` counts the resets, in EEPROM: it names the life of the clock.
 */
#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <util/atomic.h>
#include <util/crc16.h>

#define VERSION 1
#define KEPT 64 /* a power of two */
#define UNNAMED 0xFFFFFFFFUL
#define LONGEST_LINE 80 /* P with every field at its widest */

struct stamp {
  uint32_t high; /* overflows of the timer */
  uint16_t low;
};

struct edge {
  struct stamp at;
  uint8_t level;
};

struct line {
  struct stamp began;
  volatile uint8_t length;
  volatile bool ready;
  char text[40];
};

static volatile uint32_t overflows;
static struct edge ring[KEPT];
static volatile uint32_t next; /* the number that the next edge gets */
static uint32_t acked;         /* those before are on the computer's disk */
static uint32_t unsent;        /* the first that was not sent */
static uint32_t board;
static uint32_t boot;

static struct line lines[2];
static volatile uint8_t filling;
static uint8_t reading;

static volatile uint8_t out[256];
static volatile uint8_t out_head, out_tail;

static uint32_t EEMEM stored_board;
static uint32_t EEMEM stored_boot;

/* With interrupts off. The counter may have overflowed since; then it is small and the flag is up. */
static struct stamp stamp_of(uint16_t low) {
  struct stamp stamp = {overflows, low};
  if ((TIFR1 & _BV(TOV1)) && low < 0x8000) stamp.high++;
  return stamp;
}

static void keep(uint16_t low, uint8_t level) {
  struct edge *edge = &ring[next % KEPT];
  edge->at = stamp_of(low);
  edge->level = level;
  next++;
}

ISR(TIMER1_OVF_vect) { overflows++; }

ISR(TIMER1_CAPT_vect) {
  uint8_t level = (TCCR1B & _BV(ICES1)) != 0;
  keep(ICR1, level);
  TCCR1B ^= _BV(ICES1);
  /* Turning the edge round may raise the flag by itself (data sheet 16.6.3). */
  TIFR1 = _BV(ICF1);
  /* The signal may have turned back before capture was turned round: nothing will capture that edge any more. */
  uint8_t now = (PINB & _BV(PINB0)) != 0;
  if (now != level && !(TIFR1 & _BV(ICF1))) {
    keep(TCNT1, now | 2);
    TCCR1B ^= _BV(ICES1);
    TIFR1 = _BV(ICF1);
  }
}

ISR(USART_RX_vect) {
  char c = UDR0;
  struct line *line = &lines[filling];
  if (line->ready) return; /* both are waiting; the CRC of what is left will not fit, and the computer asks again */
  if (line->length == 0) line->began = stamp_of(TCNT1);
  if (c == '\n') {
    line->ready = true;
    filling ^= 1;
  } else if (line->length < sizeof line->text) {
    line->text[line->length++] = c;
  }
}

ISR(USART_UDRE_vect) {
  UDR0 = out[out_tail++];
  if (out_head == out_tail) UCSR0B &= ~_BV(UDRIE0);
}

static uint8_t room(void) { return (uint8_t)(out_tail - out_head - 1); }

static uint16_t crc;

static void raw(char c) {
  while (room() == 0) {
  }
  out[out_head] = c;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    out_head++;
    UCSR0B |= _BV(UDRIE0);
  }
}

static void put(char c) {
  crc = _crc_xmodem_update(crc, c);
  raw(c);
}

static char digit(uint8_t value) { return value < 10 ? '0' + value : 'a' + value - 10; }

static void begin(char kind) {
  crc = 0;
  put(kind);
}

/* The lowest `digits` hex digits. */
static void put_hex(uint32_t value, uint8_t digits) {
  while (digits--) put(digit((value >> (4 * digits)) & 0xF));
}

static void field(uint32_t value) {
  uint8_t digits = 1;
  while (digits < 8 && value >> (4 * digits)) digits++;
  put(' ');
  put_hex(value, digits);
}

static void field_stamp(struct stamp stamp) {
  field(stamp.high);
  put_hex(stamp.low, 4);
}

static void end(void) {
  uint16_t sum = crc;
  raw(' ');
  for (uint8_t digits = 4; digits--;) raw(digit((sum >> (4 * digits)) & 0xF));
  raw('\n');
}

static uint32_t count(void) {
  uint32_t now;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) now = next;
  return now;
}

static uint32_t oldest(uint32_t now) {
  uint32_t held = now > KEPT ? now - KEPT : 0;
  return held > acked ? held : acked;
}

static void say_hello(void) {
  begin('H');
  field(board);
  field(boot);
  field(VERSION);
  end();
}

static void answer(uint32_t id, struct stamp received) {
  struct stamp answered;
  uint32_t now = count();
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) answered = stamp_of(TCNT1);
  begin('P');
  field(id);
  field(boot);
  field_stamp(received);
  field_stamp(answered);
  field(acked);
  field(oldest(now));
  field(now);
  end();
}

/* Reads a hex field and the space before it; false where there is none. */
static bool take(const char **at, const char *limit, uint32_t *value) {
  const char *p = *at;
  if (p >= limit || *p++ != ' ') return false;
  const char *first = p;
  uint32_t sum = 0;
  while (p < limit && *p != ' ') {
    char c = *p++;
    uint8_t v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0xFF;
    if (v == 0xFF || p - first > 8) return false;
    sum = sum << 4 | v;
  }
  if (p == first) return false;
  *at = p;
  *value = sum;
  return true;
}

static void obey(const struct line *line) {
  if (line->length < 6) return;
  const char *limit = line->text + line->length - 5;
  uint16_t sum = 0;
  for (const char *p = line->text; p < limit; p++) sum = _crc_xmodem_update(sum, *p);
  const char *tail = limit;
  uint32_t given;
  if (!take(&tail, line->text + line->length, &given) || given != sum) return;

  const char *at = line->text + 1;
  uint32_t first, second;
  bool has_first = take(&at, limit, &first);
  bool has_second = has_first && take(&at, limit, &second);
  uint32_t now = count();
  switch (line->text[0]) {
    case '?':
      say_hello();
      break;
    case 'P':
      if (has_first) answer(first, line->began);
      break;
    case 'A':
      if (has_second && first == boot && second > acked && second <= now) acked = second;
      break;
    case 'R':
      if (has_second && first == boot && second < now) unsent = second;
      break;
    case 'N':
      if (has_first && board == UNNAMED) {
        board = first;
        eeprom_update_dword(&stored_board, board);
        say_hello();
      }
      break;
  }
}

static void send_edge(void) {
  struct edge edge;
  uint32_t seq = unsent;
  bool held;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    edge = ring[seq % KEPT];
    held = next - seq <= KEPT; /* not overwritten in between */
  }
  unsent++;
  if (!held) return;
  begin('E');
  field(boot);
  field(seq);
  field_stamp(edge.at);
  field(edge.level);
  end();
}

/* A watchdog that ended a hang is still armed after the reset: off before the boot counter is written. */
void watchdog_off(void) __attribute__((naked, used, section(".init3")));
void watchdog_off(void) {
  MCUSR = 0;
  wdt_disable();
}

int main(void) {
  board = eeprom_read_dword(&stored_board);
  boot = eeprom_read_dword(&stored_boot) + 1;
  eeprom_update_dword(&stored_boot, boot);
  eeprom_busy_wait();

  PORTB = _BV(PORTB0);
  UCSR0A = _BV(U2X0);
  UBRR0 = 3; /* 16 MHz / 8 / (3 + 1): 500,000 exactly */
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);

  /* The noise canceler wants four equal samples: 0.25 µs, always the same. Capture waits for the edge that can come. */
  TCCR1A = 0;
  TCCR1B = _BV(ICNC1) | _BV(CS11) | ((PINB & _BV(PINB0)) ? 0 : _BV(ICES1));
  TIFR1 = _BV(ICF1) | _BV(TOV1);
  TIMSK1 = _BV(ICIE1) | _BV(TOIE1);
  set_sleep_mode(SLEEP_MODE_IDLE);
  wdt_enable(WDTO_2S);
  sei();
  say_hello();

  for (;;) {
    wdt_reset(); /* the timer's overflow wakes it every 33 ms */
    struct line *line = &lines[reading];
    if (line->ready && room() >= LONGEST_LINE) {
      obey(line);
      line->length = 0;
      line->ready = false;
      reading ^= 1;
      continue;
    }
    uint32_t now = count();
    uint32_t first = oldest(now);
    if (unsent < first) unsent = first;
    if (unsent < now && room() >= LONGEST_LINE) {
      send_edge();
      continue;
    }
    cli();
    if (!lines[reading].ready && (unsent == next || room() < LONGEST_LINE)) {
      sleep_enable();
      sei();
      sleep_cpu();
      sleep_disable();
    }
    sei();
  }
}

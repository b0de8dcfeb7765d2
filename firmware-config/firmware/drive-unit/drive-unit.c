/*
 * Pitwall drive unit: an ATmega328P at 16 MHz (Arduino Uno, Nano) between the car's computer and its servo and ESC.
 *
 * Speaks as much Firmata 2.5 (github.com/firmata/protocol) as johnny-five needs to drive servos and ESCs, and adds the
 * one thing that is missing there: when no output was written for 200 ms, every output goes to neutral by itself, and
 * the host is told. Whatever happens to the computer, its processes or the cable, the car stops.
 *
 *   pulses    timer 1, one output after the other within a frame of 20 ms, to 0.5 us
 *   watchdog  timer 2, 1 ms ticks, in its interrupt: it works whatever the main loop does
 *   main      parses what came in; when it hangs, the chip's own watchdog resets the chip, and no pulse is neutral, too
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <stdint.h>
#include <util/atomic.h>

#define PINS 20
#define FIRST_PIN 2 /* 0 and 1 are the serial line */
#define MOST_OUTPUTS 6 /* of at most 2.6 ms each: they fit into a frame */
#define SILENCE_MS 200
#define FRAME_TICKS 40000u /* 20 ms */
#define TICKS(us) ((uint16_t)((us) * 2u))
#define TRIM 8u /* ticks from the pin's rise to its fall that no comparison counts: entering the interrupt */
#define SHORTEST_US 400u
#define LONGEST_US 2600u

/* Firmata */
#define ANALOG_MESSAGE 0xE0
#define START_SYSEX 0xF0
#define SET_PIN_MODE 0xF4
#define END_SYSEX 0xF7
#define REPORT_VERSION 0xF9
#define SYSTEM_RESET 0xFF
#define SET_NEUTRAL 0x0D /* ours: pin, us as two halves of 7 bits */
#define ANALOG_MAPPING_QUERY 0x69
#define ANALOG_MAPPING_RESPONSE 0x6A
#define CAPABILITY_QUERY 0x6B
#define CAPABILITY_RESPONSE 0x6C
#define EXTENDED_ANALOG 0x6F
#define SERVO_CONFIG 0x70
#define STRING_DATA 0x71
#define REPORT_FIRMWARE 0x79
#define MODE_SERVO 4

/* ---- outputs ---------------------------------------------------------------------------------------------------- */

struct output {
  uint8_t pin;
  volatile uint8_t *port;
  uint8_t mask;
  uint16_t ticks;   /* 0: no pulse yet */
  uint16_t neutral; /* ticks */
  uint16_t min_us, max_us; /* what 0 and 180 degrees are */
};
static struct output outputs[MOST_OUTPUTS];
static volatile uint8_t output_count;

static volatile uint8_t silent_ms = SILENCE_MS;
static volatile uint8_t tripped = 1; /* nothing was heard yet, and nothing is to be told */
static volatile uint8_t tell_trip;

static struct output *output_of(uint8_t pin) {
  for (uint8_t i = 0; i < output_count; i++)
    if (outputs[i].pin == pin) return &outputs[i];
  return 0;
}

static uint16_t ticks_within(uint16_t us) {
  if (us < SHORTEST_US) us = SHORTEST_US;
  if (us > LONGEST_US) us = LONGEST_US;
  return TICKS(us);
}

/* An output begins without a pulse: it gets one with its first value or with its neutral. */
static struct output *attach(uint8_t pin) {
  struct output *known = output_of(pin);
  if (known || pin < FIRST_PIN || pin >= PINS || output_count == MOST_OUTPUTS) return known;
  struct output *out = &outputs[output_count];
  volatile uint8_t *ddr;
  out->pin = pin;
  if (pin < 8) {
    out->port = &PORTD;
    ddr = &DDRD;
    out->mask = 1 << pin;
  } else if (pin < 14) {
    out->port = &PORTB;
    ddr = &DDRB;
    out->mask = 1 << (pin - 8);
  } else {
    out->port = &PORTC;
    ddr = &DDRC;
    out->mask = 1 << (pin - 14);
  }
  out->ticks = 0;
  out->neutral = TICKS(1500u);
  out->min_us = 544;
  out->max_us = 2400;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    *out->port &= ~out->mask;
    *ddr |= out->mask;
    output_count++;
  }
  return out;
}

/* As on StandardFirmata: below 544 it is degrees, else us. Only this feeds the watchdog. */
static void write_output(uint8_t pin, uint16_t value) {
  struct output *out = output_of(pin);
  if (!out) return;
  if (value < 544) {
    if (value > 180) value = 180;
    value = out->min_us + (uint16_t)((uint32_t)value * (out->max_us - out->min_us) / 180u);
  }
  uint16_t ticks = ticks_within(value);
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    out->ticks = ticks;
    silent_ms = 0;
    tripped = 0;
  }
}

static void set_neutral(uint8_t pin, uint16_t us) {
  struct output *out = attach(pin);
  if (!out) return;
  uint16_t ticks = ticks_within(us);
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    out->neutral = ticks;
    if (tripped || out->ticks == 0) out->ticks = ticks;
  }
}

static void all_neutral(void) {
  for (uint8_t i = 0; i < output_count; i++)
    if (outputs[i].ticks) outputs[i].ticks = outputs[i].neutral;
}

/* One after the other: end the pulse of this output, begin that of the next, and wait for the frame's end. */
ISR(TIMER1_COMPA_vect) {
  static uint8_t now = MOST_OUTPUTS;
  if (now < output_count)
    *outputs[now].port &= ~outputs[now].mask;
  else
    TCNT1 = 0;
  now = now < output_count ? now + 1 : 0;
  while (now < output_count && outputs[now].ticks == 0) now++;
  if (now < output_count) {
    *outputs[now].port |= outputs[now].mask;
    OCR1A = TCNT1 + outputs[now].ticks - TRIM;
  } else {
    OCR1A = FRAME_TICKS;
  }
}

ISR(TIMER2_COMPA_vect) {
  if (silent_ms < SILENCE_MS) silent_ms++;
  if (silent_ms == SILENCE_MS && !tripped) {
    tripped = 1;
    tell_trip = 1;
    all_neutral();
  }
}

/* ---- serial line ------------------------------------------------------------------------------------------------ */

static volatile uint8_t ring[128];
static volatile uint8_t ring_in, ring_out;

ISR(USART_RX_vect) {
  uint8_t byte = UDR0;
  uint8_t next = (ring_in + 1) & 127;
  if (next == ring_out) return;
  ring[ring_in] = byte;
  ring_in = next;
}

static void put(uint8_t byte) {
  while (!(UCSR0A & (1 << UDRE0)))
    ;
  UDR0 = byte;
}

static void put_text(const char *text) {
  for (; *text; text++) {
    put(*text & 0x7F);
    put((*text >> 7) & 0x01);
  }
}

static void report_version(void) {
  put(REPORT_VERSION);
  put(2);
  put(5);
}

static void report_firmware(void) {
  put(START_SYSEX);
  put(REPORT_FIRMWARE);
  put(1);
  put(0);
  put_text("PitwallDriveUnit");
  put(END_SYSEX);
}

static void report_capabilities(void) {
  put(START_SYSEX);
  put(CAPABILITY_RESPONSE);
  for (uint8_t pin = 0; pin < PINS; pin++) {
    if (pin >= FIRST_PIN) {
      put(MODE_SERVO);
      put(14);
    }
    put(0x7F);
  }
  put(END_SYSEX);
}

static void report_analog_mapping(void) {
  put(START_SYSEX);
  put(ANALOG_MAPPING_RESPONSE);
  for (uint8_t pin = 0; pin < PINS; pin++) put(0x7F);
  put(END_SYSEX);
}

static void report_trip(void) {
  put(START_SYSEX);
  put(STRING_DATA);
  put_text("neutral: heard nothing for 200 ms");
  put(END_SYSEX);
}

/* ---- messages --------------------------------------------------------------------------------------------------- */

static uint8_t message[32];
static uint8_t length;
static uint8_t expected; /* data bytes of a short message; 0xFF within a sysex; 0 between messages */

static uint16_t two(uint8_t at) { return message[at] | (uint16_t)message[at + 1] << 7; }

static void take_short(void) {
  uint8_t status = message[0];
  if ((status & 0xF0) == ANALOG_MESSAGE)
    write_output(status & 0x0F, two(1));
  else if (status == SET_PIN_MODE && message[2] == MODE_SERVO)
    attach(message[1]);
}

static void take_sysex(void) {
  switch (message[1]) {
    case REPORT_FIRMWARE:
      if (length == 2) report_firmware();
      break;
    case CAPABILITY_QUERY:
      report_capabilities();
      break;
    case ANALOG_MAPPING_QUERY:
      report_analog_mapping();
      break;
    case EXTENDED_ANALOG:
      if (length == 5) write_output(message[2], two(3));
      break;
    case SERVO_CONFIG:
      if (length == 7) {
        struct output *out = attach(message[2]);
        if (out && two(3) < two(5)) {
          out->min_us = two(3);
          out->max_us = two(5);
        }
      }
      break;
    case SET_NEUTRAL:
      if (length == 5) set_neutral(message[2], two(3));
      break;
  }
}

/* A status byte always begins something new: what was half said is forgotten. */
static void take(uint8_t byte) {
  if (byte & 0x80) {
    if (byte == END_SYSEX) {
      if (expected == 0xFF && length >= 2) take_sysex();
      expected = 0;
    } else if (byte == REPORT_VERSION) {
      expected = 0;
      report_version();
    } else if (byte == SYSTEM_RESET) {
      expected = 0;
      ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { all_neutral(); }
    } else {
      message[0] = byte;
      length = 1;
      uint8_t kind = byte < 0xF0 ? byte & 0xF0 : byte;
      if (byte == START_SYSEX)
        expected = 0xFF;
      else if (kind == ANALOG_MESSAGE || kind == SET_PIN_MODE || kind == 0x90 || kind == 0xF5)
        expected = 2;
      else if (kind == 0xC0 || kind == 0xD0)
        expected = 1;
      else
        expected = 0;
    }
    return;
  }
  if (expected == 0) return;
  if (length == sizeof message) {
    expected = 0; /* longer than anything that is meant for us */
    return;
  }
  message[length++] = byte;
  if (expected != 0xFF && --expected == 0) take_short();
}

/* ---- main ------------------------------------------------------------------------------------------------------- */

/* A reset by the watchdog leaves it running at its shortest time; it must be off before anything else. */
void early(void) __attribute__((naked, used, section(".init3")));
void early(void) {
  MCUSR = 0;
  wdt_disable();
}

int main(void) {
  /* 57600 baud at double speed: 16 MHz / 8 / 35 = 57143, 0.8 % off */
  UCSR0A = 1 << U2X0;
  UBRR0 = 34;
  UCSR0C = 1 << UCSZ01 | 1 << UCSZ00;
  UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;

  TCCR1B = 1 << CS11; /* 2 MHz */
  OCR1A = FRAME_TICKS;
  TIMSK1 = 1 << OCIE1A;

  TCCR2A = 1 << WGM21;
  OCR2A = 249; /* 16 MHz / 64 / 250 = 1 kHz */
  TCCR2B = 1 << CS22;
  TIMSK2 = 1 << OCIE2A;

  wdt_enable(WDTO_120MS);
  sei();
  report_version();
  report_firmware();
  for (;;) {
    wdt_reset();
    if (tell_trip) {
      tell_trip = 0;
      report_trip();
    }
    if (ring_out != ring_in) {
      uint8_t byte = ring[ring_out];
      ring_out = (ring_out + 1) & 127;
      take(byte);
    }
  }
}
